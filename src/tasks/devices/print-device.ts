/** Prints a fitted profile as the YAML that `device.ts` reads. */

import { Scalar, stringify } from 'yaml';
import { assertNever } from '#core/assert-never';
import { percent } from '#core/percent';
import { shownKey } from '#core/shown';
import type { BytesPerValue } from '#networks/cost/layers/layer-load';
import type { RooflineFit } from './calibration.js';

export interface FittedDevice {
  readonly name: string;
  readonly fit: RooflineFit;
  readonly bytes: BytesPerValue;
  /** Origin of the latencies. */
  readonly source: string;
  /** Command that fitted the profile. */
  readonly command: string;
}

/** Returns the profile, opened by a comment with the measured and the predicted latency of each row. */
export function printDevice(device: FittedDevice): string {
  const { name, fit, source, command } = device;
  const { rows } = fit;
  const names = rows.map((row) => shownKey(row.name));
  const width = Math.max(...names.map((text) => text.length));
  const ms = (value: number) => value.toFixed(2).padStart(8);
  const comment = [
    `${name}: a roofline fitted to ${rows.length} measured latencies. Command: ${command}`,
    `Mean absolute percentage error ${errorText(fit)}; Spearman's rho ${rhoText(fit)};`,
    `ridge point ${ridgePointText(fit)}. In ms:`,
    `  ${''.padEnd(width)}  measured  predicted`,
    ...rows.map((row, i) => `  ${names[i]?.padEnd(width)}  ${ms(row.ms)}  ${ms(row.predictedMs).padStart(9)}`),
    `Show it: npx mnv4-nas describe mnv4-conv-m --device ${name}`,
  ];
  const profile = { ...profileOf(device), source: folded(source) };
  return `${comment.map((line) => `# ${shownKey(line)}`).join('\n')}\n${stringify(profile, { lineWidth: 120 })}`;
}

/** Returns the profile that `device.ts` reads; a figure that does not exist is left out. */
export function profileOf({ fit, bytes, source }: FittedDevice) {
  const { leaveOneOutError, spearman } = fit;
  return {
    peakMacsPerMs: rounded(fit.peakMacsPerMs),
    peakBytesPerMs: rounded(fit.peakBytesPerMs),
    ...bytes,
    overheadMs: rounded(fit.overheadMs),
    source,
    fit: {
      rows: fit.rows.length,
      meanAbsolutePercentageError: rounded(fit.meanAbsolutePercentageError),
      ...(leaveOneOutError === null ? {} : { leaveOneOutError: rounded(leaveOneOutError) }),
      ...(spearman === null ? {} : { spearman: rounded(spearman) }),
      ridgePoint: fit.ridgePointIs,
    },
  };
}

/** Formats a ridge point, such as `31.2 MACs per byte, held`, and explains it if it is a bound. */
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

/** Formats the errors, such as `3.5 %, 4.9 % where each network is predicted by a fit to the others`. */
export function errorText(fit: Pick<RooflineFit, 'meanAbsolutePercentageError' | 'leaveOneOutError'>): string {
  const { meanAbsolutePercentageError: own, leaveOneOutError: others } = fit;
  const predicted = 'where each network is predicted by a fit to the others';
  return others === null
    ? `${percent(own, 1)}, n/a ${predicted}: they are too few`
    : `${percent(own, 1)}, ${percent(others, 1)} ${predicted}`;
}

export function rhoText({ spearman }: Pick<RooflineFit, 'spearman'>): string {
  return spearman === null ? 'n/a, since all latencies or all predictions are equal' : spearman.toFixed(3);
}

/** Returns a scalar that YAML folds over several lines. */
function folded(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.BLOCK_FOLDED;
  return scalar;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
