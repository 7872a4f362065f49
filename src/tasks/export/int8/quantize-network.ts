/** Quantizes a network after training. */
import type { Images } from '#networks/nn/model';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { NetworkInput } from '#networks/space/space';
import type { Exported } from '#tasks/export/exporter';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import type { Graph } from '#tasks/export/graph/trace-graph';
import { litertForm } from '#tasks/export/litert/litert-form';
import { type Calibration, calibrated, simulatedOutputs } from './calibrate.js';
import { measuredValues } from './measured-values.js';
import { parametersFor, type Range, requantized } from './parameters.js';
import { quantizableForm } from './quantizable-form.js';
import { type QuantizedGraph, quantizedGraph } from './quantized-graph.js';
import { relativeError } from './relative-error.js';

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
  const graph = int8Graph(network, weights);
  return calibrated(graph, [...pixelBatches(network.input, images)], pixelRange(network.input));
}

/** Returns a network in int8 whose ranges hold all values on some images, without a comparison with other ranges. */
export function quantizedByRange(
  { network, weights }: Pick<Exported, 'network' | 'weights'>,
  images: Images,
): QuantizedGraph {
  const graph = int8Graph(network, weights);
  return quantizedGraph(graph, measuredValues(graph, [...pixelBatches(network.input, images)]).ranges);
}

/** The graph of a network that int8 stands for, with the network's weights as constants. */
export function int8Graph(network: Exported['network'], weights: Exported['weights']): Graph {
  return litertForm(quantizableForm(inferenceGraph(network, weights, { fold: true })), 'int8');
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

/**
 * Returns the range of normalised pixels, a little wider than from black to white if int8 then expresses the 256 levels
 * better. Between -1 and 1 each level would be an exact tie, and where ties go to even integers two levels become one.
 */
export function pixelRange(input: NetworkInput): Range {
  const levels = preprocessed(
    Uint8Array.from({ length: 256 * input.channels }, (_, i) => Math.floor(i / input.channels)),
    [256, input.channels],
    preprocessingFor('NHWC', input),
  );
  const [min, max] = [Math.min(...levels), Math.max(...levels)];
  const candidates = Array.from({ length: 21 }, (_, i) => ({ min: min * (1 + i / 1000), max: max * (1 + i / 1000) }));
  const error = (range: Range) => relativeError(requantized(levels, parametersFor(range)), levels);
  return candidates.reduce((best, range) => (error(range) < error(best) ? range : best));
}
