/** A trained network on disk: its architecture, its weights and the BN statistics for its evaluation. */
import { join } from 'node:path';
import { readBytes, sha256 } from '#core/files/files';
import { type NamedTensor, writeSafetensors } from '#data/files/safetensors';
import { type FrozenNetwork, frozenNetwork } from '#networks/nn/frozen-network';
import type { Model } from '#networks/nn/model';
import { weightTensors } from '#networks/nn/named-tensors';
import type { StatisticsByName } from '#networks/nn/pass';
import { readNetwork } from '#networks/space/parse';
import { backend } from '#networks/tensor/backend';
import { readNetworkWeights } from '#networks/weights/network-weights';

export interface TrainedNetwork extends FrozenNetwork {
  /** SHA-256 of the architecture and weights. */
  readonly fingerprint: string;
}

export const weightsFile = 'weights.safetensors';
const architectureFile = 'architecture.yaml';
const remedy = 'name the folder of a finished training run: mnv4-nas train makes one';

/** Writes weights and statistics, as `trainedTensors` returns them, into a run's folder. */
export function writeTrainedWeights(folder: string, tensors: ReadonlyMap<string, NamedTensor>): void {
  writeSafetensors(join(folder, weightsFile), tensors);
}

/** Returns weights by name, and each BN's statistics as its `mean` and `variance`. */
export function trainedTensors(model: Model, statistics: StatisticsByName): Map<string, NamedTensor> {
  const tensors = weightTensors(model.layout, model.weights);
  for (const [name, { mean, variance }] of statistics) {
    for (const [part, tensor] of Object.entries({ mean, variance })) {
      tensors.set(`${name}.${part}`, { shape: tensor.shape, values: backend().read(tensor) as Float32Array });
    }
  }
  return tensors;
}

/** Reads the network that a training run wrote; the caller disposes it. A folder without weights is a data failure. */
export function readTrainedNetwork(folder: string): TrainedNetwork {
  const [architecture, file] = [join(folder, architectureFile), join(folder, weightsFile)];
  const fingerprint = sha256(readBytes(architecture, remedy), readBytes(file, remedy));
  const network = readNetwork(architecture);
  return { ...frozenNetwork(network, readNetworkWeights(network, file)), fingerprint };
}
