import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelledBatches } from '#data/sets/labelled-batches';
import { oneProcess } from '#jobs/workers/collective';
import { disposeStatistics } from '#networks/nn/model';
import { asSpace, printSpace } from '#networks/space/print';
import { backend, openBackend } from '#networks/tensor/backend';
import { Trainee, trainNetwork } from '#tasks/training/train-network';
import { readTrainedNetwork, trainedTensors, writeTrainedWeights } from '#tasks/training/trained-network';
import { failureOf, newFolder } from '#test/data/fixtures';
import { patternSource } from '#test/tasks/search/small-world';
import { smallNetwork } from './small-network.js';

const source = patternSource();
const batches = labelledBatches(source, { seed: 1, batch: 24, augment: {}, labelSmoothing: 0 });
const adamW = { kind: 'adamW', beta1: 0.9, beta2: 0.999, weightDecay: 0 } as const;

beforeAll(() => void openBackend({ threads: 1 }));

/** Makes a folder with a network of a few training steps; returns its logits and probabilities on a batch. */
async function written(seed = 1) {
  const folder = newFolder();
  const trainee = new Trainee(smallNetwork(), adamW, seed);
  const plan = {
    from: 0,
    steps: 4,
    warmupSteps: 0,
    learningRate: 0.02,
    l2: 0,
    dropout: 0,
    stochasticDepth: 0,
    seed,
    microBatches: 1,
  };
  await trainNetwork(trainee, plan, batches, oneProcess, async () => true);
  const statistics = await trainee.statistics(batches, 3);
  const logits = trainee.model.logits(trainee.forward, await batches.at(9), statistics);
  writeTrainedWeights(folder, trainedTensors(trainee.model, statistics));
  writeFileSync(join(folder, 'architecture.yaml'), printSpace(asSpace(smallNetwork())));
  disposeStatistics(statistics);
  trainee.dispose();
  return { folder, logits };
}

describe('a trained network', () => {
  it('gives the same logits when read again, bit by bit', async () => {
    const { folder, logits } = await written();
    const before = backend().tensorsAlive();
    const read = readTrainedNetwork(folder);
    expect(read.network).toEqual(smallNetwork());
    expect(read.model.logits(read.forward, await batches.at(9), read.statistics)).toEqual(logits);
    read.dispose();
    expect(backend().tensorsAlive()).toBe(before);
  });

  it('has a fingerprint that changes with its weights', async () => {
    const [one, same, other] = [await written(1), await written(1), await written(2)];
    const fingerprints = [one, same, other].map(({ folder }) => {
      const read = readTrainedNetwork(folder);
      read.dispose();
      return read.fingerprint;
    });
    expect(fingerprints[0]).toBe(fingerprints[1]);
    expect(fingerprints[0]).not.toBe(fingerprints[2]);
  });

  it('with the weights of another network is a data failure that names the file', async () => {
    const { folder } = await written();
    const file = join(folder, 'architecture.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('conv: 16', 'conv: 24'));
    const failure = failureOf(() => readTrainedNetwork(folder));
    expect(failure.kind).toBe('data');
    const weights = join(folder, 'weights.safetensors');
    expect(failure.message).toContain(`${weights}: head.conv.kernel: expected shape [8,24]; got [8,16]`);
  });

  it.each(['weights.safetensors', 'architecture.yaml'])('without %s is a failure that names it', async (name) => {
    const { folder } = await written();
    rmSync(join(folder, name));
    const failure = failureOf(() => readTrainedNetwork(folder));
    expect(failure.kind).toBe('data');
    expect(failure.message).toContain(`${join(folder, name)}: expected a readable file; got`);
    expect(failure.remedy).toBe('name the folder of a finished training run: mnv4-nas train makes one');
  });
});
