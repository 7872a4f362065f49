/** Networks in int8 for measuring time, which does not depend on the ranges of their values. */
import { inputSize } from '#networks/space/resolution';
import type { Exported } from '#tasks/export/exporter';
import { quantizedByRange } from '#tasks/export/int8/quantize-network';
import type { QuantizedGraph } from '#tasks/export/int8/quantized-graph';
import { noise } from './stand-in-weights.js';

/** Quantizes a network with the ranges that its values have on one image of noise. */
export function standInInt8(exported: Exported): QuantizedGraph {
  const images = Uint8Array.from(noise(inputSize(exported.network.input), 127.5), (value) => value + 127.5);
  return quantizedByRange(exported, { n: 1, images });
}
