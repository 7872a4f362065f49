/** Measured latencies of layers: CSV with the columns `signature`, `ms` and, if known, `count` and `ms_deviation`. */
import { z } from 'zod';
import { conform, integer, quantity, text } from '#core/documents/conform';
import { readCsv } from '#core/documents/csv';
import { Failure } from '#core/failure';
import type { Layer } from '#networks/cost/layers/layer';
import { layerSignature } from '#networks/cost/layers/layer-signature';

export interface LatencyTable {
  readonly file: string;
  /** By layer signature. */
  readonly timings: ReadonlyMap<string, LayerTiming>;
}

/** One row: the mean, or another middle, of `count` timings in ms, and their standard deviation. */
export type LayerTiming = z.output<typeof schema>[number];

const schema = z.array(
  z.object({
    signature: text('the signature of a layer'),
    ms: quantity('a number of ms from 0 to 1e9', { min: 0, max: 1e9 }),
    count: integer('a number of timings from 1').optional(),
    ms_deviation: quantity('a number of ms >= 0', { min: 0 }).optional(),
  }),
);

export function readLatencyTable(file: string): LatencyTable {
  const located = readCsv(file, ['signature', 'ms'], ['ms', 'count', 'ms_deviation']);
  const timings = new Map<string, LayerTiming>();
  for (const [i, timing] of conform(located, schema).entries()) {
    const { signature } = timing;
    if (timings.has(signature)) {
      throw new Failure('config', located.at([i, 'signature'], `expected each layer once; got ${signature} again`));
    }
    timings.set(signature, timing);
  }
  return { file, timings };
}

/** The measured latency of a layer in ms; throws a failure that names a layer without a measurement. */
export function measuredMs(layer: Layer, { file, timings }: LatencyTable): number {
  const signature = layerSignature(layer);
  const timing = timings.get(signature);
  if (timing !== undefined) return timing.ms;
  throw new Failure(
    'config',
    { file, message: `expected a row for ${layer.name}, ${signature}; got none` },
    'measure that layer and add its row; `mnv4-nas describe NETWORK --signatures` prints all that a network or space needs',
  );
}
