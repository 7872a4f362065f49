/** A trained network on disk: its architecture, its weights and the BN statistics that it is evaluated with. */
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { readBytes, sha256 } from '../core/files.js';
import { backend } from '../nn/backend.js';
import { disposeStatistics, Model } from '../nn/model.js';
import { type NamedTensor, namedTensors, restoreTensors } from '../nn/named-tensors.js';
import { type Forward, networkForward, weightLayout } from '../nn/network.js';
import type { Statistics } from '../nn/ops/batch-norm.js';
import type { StatisticsByName } from '../nn/pass.js';
import { readSafetensors, writeSafetensors } from '../runs/safetensors.js';
import { readNetwork } from '../space/parse.js';
import type { Architecture } from '../space/space.js';

export interface TrainedNetwork {
  readonly network: Architecture;
  readonly forward: Forward;
  readonly model: Model;
  readonly statistics: StatisticsByName;
  /** SHA-256 of its architecture and weights. */
  readonly fingerprint: string;
  dispose(): void;
}

const weightsFile = 'weights.safetensors';
const architectureFile = 'architecture.yaml';
const remedy = 'name the folder of a finished training run: mnv4-nas train makes one';

/** Writes weights by name, and each BN's statistics as its `mean` and `variance`. */
export function writeTrainedWeights(folder: string, model: Model, statistics: StatisticsByName): void {
  const tensors = new Map<string, NamedTensor>();
  for (const [name, tensor] of namedTensors(model.layout, new Map([['weights', model.weights]]))) {
    tensors.set(name.slice('weights/'.length), tensor);
  }
  for (const [name, { mean, variance }] of statistics) {
    for (const [part, tensor] of Object.entries({ mean, variance })) {
      tensors.set(`${name}.${part}`, { shape: tensor.shape, values: backend().read(tensor) as Float32Array });
    }
  }
  writeSafetensors(join(folder, weightsFile), tensors);
}

/** Reads what a training run wrote; the caller disposes it. A folder without weights is a data failure. */
export function readTrainedNetwork(folder: string): TrainedNetwork {
  const [architecture, file] = [join(folder, architectureFile), join(folder, weightsFile)];
  const fingerprint = sha256(readBytes(architecture, remedy), readBytes(file, remedy));
  const network = readNetwork(architecture);
  const { tensors } = readSafetensors(file);
  const forward = networkForward(network);
  const model = new Model(network, weightLayout(network, forward), 'restored');
  const weights = new Map([...tensors].map(([name, tensor]) => [`weights/${name}`, tensor]));
  try {
    restoreTensors(model.layout, new Map([['weights', model.weights]]), weights);
  } catch (error) {
    throw new Failure('data', {
      file,
      message: `expected the weights of ${network.name}; got: ${(error as Error).message}`,
    });
  }
  const statistics = readStatistics(tensors);
  return {
    network,
    forward,
    model,
    statistics,
    fingerprint,
    dispose: () => {
      model.dispose();
      disposeStatistics(statistics);
    },
  };
}

function readStatistics(tensors: ReadonlyMap<string, NamedTensor>): StatisticsByName {
  const statistics = new Map<string, Statistics>();
  for (const [name, { values: mean, shape }] of tensors) {
    const variance = name.endsWith('.mean') ? tensors.get(`${name.slice(0, -'mean'.length)}variance`) : undefined;
    if (variance === undefined) continue;
    const create = (values: Float32Array) => backend().create(values, shape);
    statistics.set(name.slice(0, -'.mean'.length), { mean: create(mean), variance: create(variance.values) });
  }
  return statistics;
}
