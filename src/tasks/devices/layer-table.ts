/** Formats measured layers as the files of a device: a table in CSV, and the profile that names it. */
import { stringify } from 'yaml';
import type { FileContent } from '#core/files/whole-folder';
import type { BytesPerValue } from '#networks/cost/layers/layer-load';
import type { SignatureTime } from './layer-times.js';

const columns = ['signature', 'ms', 'count', 'ms_deviation'];
const tableFile = 'layers.csv';

/**
 * Returns `layers.csv` and `NAME.yaml`, which `networks/cost/device.ts` reads.
 *
 * @param source  where the figures come from
 */
export function layerTableFiles(
  name: string,
  rows: readonly SignatureTime[],
  bytes: BytesPerValue,
  source: string,
): FileContent[] {
  const lines = rows.map(({ signature, ms, count, deviation }) =>
    [signature, rounded(ms), count, deviation === null ? '' : rounded(deviation)].join(','),
  );
  const profile = stringify({ table: tableFile, ...bytes, source }, { lineWidth: 120 });
  return [
    { name: tableFile, content: `${[`# ${source}`, columns.join(','), ...lines].join('\n')}\n` },
    {
      name: `${name}.yaml`,
      content: `# ${name}: latencies of layers, each measured in networks that ran as a whole.\n${profile}`,
    },
  ];
}

function rounded(ms: number): number {
  return Number(ms.toPrecision(5));
}
