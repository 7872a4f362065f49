/** A network with its weights and the batch norm statistics for evaluation. */
import type { NamedTensor } from '#data/files/safetensors';
import type { Architecture } from '#networks/space/space';
import { backend } from '#networks/tensor/backend';
import type { Statistics } from '#networks/tensor/ops/batch-norm';
import { batchNormName, layerWith } from './batch-norm-names.js';
import { disposeStatistics, type Images, Model } from './model.js';
import { writeTensors } from './named-tensors.js';
import { type Forward, networkForward, weightLayout } from './network.js';
import type { StatisticsByName } from './pass.js';

export interface FrozenNetwork {
  readonly network: Architecture;
  readonly forward: Forward;
  readonly model: Model;
  readonly statistics: StatisticsByName;
  dispose(): void;
}

/**
 * A network for inference; the caller disposes it.
 *
 * @param tensors  its weights and statistics by name, as `weightShapes` lists them
 */
export function frozenNetwork(network: Architecture, tensors: ReadonlyMap<string, NamedTensor>): FrozenNetwork {
  const forward = networkForward(network);
  const model = new Model(network, weightLayout(network, forward));
  writeTensors(model.layout, model.weights, tensors);
  const statistics = statisticsIn(tensors);
  return {
    network,
    forward,
    model,
    statistics,
    dispose: () => {
      model.dispose();
      disposeStatistics(statistics);
    },
  };
}

/** Logits [n, K] of a network with these weights, computed in batches of at most `batch` images. */
export function logitsWith(
  network: Architecture,
  tensors: ReadonlyMap<string, NamedTensor>,
  { n, images }: Images,
  batch: number,
): Float32Array {
  const { model, forward, statistics, dispose } = frozenNetwork(network, tensors);
  try {
    const size = images.length / n;
    const logits = new Float32Array(n * network.classes);
    for (let from = 0; from < n; from += batch) {
      const part = images.subarray(from * size, (from + batch) * size);
      logits.set(model.logits(forward, { n: part.length / size, images: part }, statistics), from * network.classes);
    }
    return logits;
  } finally {
    dispose();
  }
}

function statisticsIn(tensors: ReadonlyMap<string, NamedTensor>): StatisticsByName {
  const statistics = new Map<string, Statistics>();
  for (const [name, { values: mean, shape }] of tensors) {
    const layer = layerWith('mean', name);
    const variance = layer === undefined ? undefined : tensors.get(batchNormName(layer, 'variance'));
    if (layer === undefined || variance === undefined) continue;
    const create = (values: Float32Array) => backend().create(values, shape);
    statistics.set(layer, { mean: create(mean), variance: create(variance.values) });
  }
  return statistics;
}
