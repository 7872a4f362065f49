/** Quantizes a network after training. */
import type { Images } from '#networks/nn/model';
import { pixelScale, preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { NetworkInput } from '#networks/space/space';
import type { Exported } from '#tasks/export/exporter';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import { litertForm } from '#tasks/export/litert/litert-form';
import { type Calibration, calibrated, simulatedOutputs } from './calibrate.js';
import type { Range } from './parameters.js';
import { quantizableForm } from './quantizable-form.js';
import type { QuantizedGraph } from './quantized-graph.js';

const imagesAtOnce = 16;

/**
 * Returns a network in int8.
 *
 * @param images  training images, from which the ranges of values are measured
 */
export function quantizedNetwork(
  { network, weights }: Pick<Exported, 'network' | 'weights'>,
  images: Images,
): Calibration {
  const graph = litertForm(quantizableForm(inferenceGraph(network, weights, { fold: true })));
  return calibrated(graph, [...pixelBatches(network.input, images)], pixelRange(network.input));
}

/** Returns logits [n, K] of images as the integers give them. */
export function simulatedLogits(quantized: QuantizedGraph, input: NetworkInput, images: Images): Float32Array {
  return simulatedOutputs(quantized, [...pixelBatches(input, images)]);
}

function* pixelBatches(input: NetworkInput, { n, images }: Images): Generator<Float32Array> {
  const size = inputSize(input);
  for (let from = 0; from < n; from += imagesAtOnce) {
    const part = images.subarray(from * size, Math.min(n, from + imagesAtOnce) * size);
    yield preprocessed(part, [part.length / size, ...inputShape(input)], preprocessingFor('NHWC', input));
  }
}

/** Returns the range of normalised pixels from black to white. */
function pixelRange(input: NetworkInput): Range {
  const { scale, shift } = pixelScale(preprocessingFor('NHWC', input));
  const white = shift.map((black, c) => black + 255 * (scale[c] as number));
  return { min: Math.min(...shift), max: Math.max(...white) };
}
