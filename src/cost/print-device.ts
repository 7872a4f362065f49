/** A fitted profile -> the YAML that `device.ts` reads. */
import { Scalar, stringify } from 'yaml';
import { assertNever } from '../core/assert-never.js';
import type { RooflineFit } from './calibration.js';
import type { BytesPerValue } from './load.js';

export interface FittedDevice {
  readonly name: string;
  readonly fit: RooflineFit;
  readonly bytes: BytesPerValue;
  /** Where the latencies come from. */
  readonly source: string;
  /** What fitted it. */
  readonly command: string;
}

/** The profile, opened by a comment that shows each measured latency beside the predicted one. */
export function printDevice({ name, fit, bytes, source, command }: FittedDevice): string {
  const { rows, meanAbsolutePercentageError, leaveOneOutError, spearman, overheadMs } = fit;
  const width = Math.max(...rows.map((row) => row.name.length));
  const ms = (value: number) => value.toFixed(2).padStart(8);
  const comment = [
    `${name}: a roofline fitted to ${rows.length} measured latencies. Command: ${command}`,
    `Mean absolute percentage error ${errorText(fit)}; Spearman's rho ${spearman.toFixed(3)};`,
    `ridge point ${ridgePointText(fit)}. In ms:`,
    `  ${''.padEnd(width)}  measured  predicted`,
    ...rows.map((row) => `  ${row.name.padEnd(width)}  ${ms(row.ms)}  ${ms(row.predictedMs).padStart(9)}`),
    `Show it: npx mnv4-nas describe mnv4-conv-m --device ${name}`,
  ];
  const profile = {
    peakMacsPerMs: rounded(fit.peakMacsPerMs),
    peakBytesPerMs: rounded(fit.peakBytesPerMs),
    ...bytes,
    overheadMs: rounded(overheadMs),
    source: folded(source),
    fit: {
      rows: rows.length,
      meanAbsolutePercentageError: rounded(meanAbsolutePercentageError),
      ...(leaveOneOutError === null ? {} : { leaveOneOutError: rounded(leaveOneOutError) }),
      spearman: rounded(spearman),
      ridgePoint: fit.ridgePointIs,
    },
  };
  return `${comment.map((line) => `# ${line}`).join('\n')}\n${stringify(profile, { lineWidth: 120 })}`;
}

/** `31.2 MACs per byte, held`, and what a bound means. */
export function ridgePointText({ ridgePoint, ridgePointIs }: Pick<RooflineFit, 'ridgePoint' | 'ridgePointIs'>): string {
  const value = `${Number(ridgePoint.toPrecision(4))} MACs per byte`;
  switch (ridgePointIs) {
    case 'held':
    case 'fitted':
      return `${value}, ${ridgePointIs}`;
    case 'atLeast':
      return `at least ${value}, since all layers wait for memory`;
    case 'atMost':
      return `at most ${value}, since no layer that multiplies waits for memory`;
    default:
      return assertNever(ridgePointIs);
  }
}

/** `3.5 %, 4.9 % where each row is predicted by a fit to the others`. */
export function errorText(fit: Pick<RooflineFit, 'meanAbsolutePercentageError' | 'leaveOneOutError'>): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const { meanAbsolutePercentageError: own, leaveOneOutError: others } = fit;
  return others === null
    ? percent(own)
    : `${percent(own)}, ${percent(others)} where each row is predicted by a fit to the others`;
}

/** A text that YAML breaks into lines. */
function folded(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.BLOCK_FOLDED;
  return scalar;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
