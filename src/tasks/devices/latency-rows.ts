/** Formats measured latencies of networks as CSV, in the columns that `calibrate` reads. */
import { type Resolution, resolutionText } from '#networks/space/resolution';
import type { Timing } from './interleaved.js';
import type { NetworkSubject } from './network-subject.js';

export interface LatencyRow extends Timing {
  /** Name of a shipped network, or a YAML file. */
  readonly network: string;
  readonly resolution: Resolution;
  readonly delegated?: NetworkSubject['delegated'];
}

const columns = ['network', 'resolution', 'ms', 'ms_low', 'ms_high', 'ms_deviation', 'repeats'];

/** @param comments  lines that say where the rows come from */
export function latencyCsv(rows: readonly LatencyRow[], comments: readonly string[]): string {
  const lines = rows.map(({ network, resolution, ms, interval, deviation, repeats }) =>
    [
      cell(network),
      resolutionText(resolution),
      rounded(ms),
      ...(interval?.map(rounded) ?? ['', '']),
      deviation === null ? '' : rounded(deviation),
      repeats,
    ].join(','),
  );
  return `${[...comments.map((comment) => `# ${comment}`), columns.join(','), ...lines].join('\n')}\n`;
}

/**
 * Formats a text as one cell (RFC 4180), in quotes also if it would be read as a comment or be trimmed without them.
 */
function cell(text: string): string {
  return /[",\r\n]|^[#\s“”„‟]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function rounded(ms: number): number {
  return Number(ms.toPrecision(5));
}
