/** A network for the 8x8 images of `test/search/small-world.ts`, and its training recipe. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observer } from '#jobs/observer';
import { parseSpace } from '#networks/space/parse';
import { type Architecture, close } from '#networks/space/space';
import { writeIdxFolder } from '#test/data/fixtures';
import { patternSource } from '#test/tasks/search/small-world';

export const smallNetworkText = `name: small
input: { resolution: 8, channels: 1 }
classes: 3
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 3, expand: 2, out: 8 }
head: { conv: 16, hidden: 0 }
`;

export function smallNetwork(): Architecture {
  return close(parseSpace('small.yaml', smallNetworkText), []);
}

export const smallTraining = `name: small-training
data: { source: { format: idx, folder: . } }
epochs: 2
batch: 24
optimizer: { kind: adamW }
learningRate: 0.02
labelSmoothing: 0
statisticsBatches: 4
logEvery: 4
checkpointEvery: 8
`;

/** Writes the images as IDX files, `small.yaml` and `small.train.yaml` into a folder. */
export function writeSmallTraining(folder: string): string {
  writeIdxFolder(folder, patternSource());
  writeFileSync(join(folder, 'small.yaml'), smallNetworkText);
  writeFileSync(join(folder, 'small.train.yaml'), smallTraining);
  return folder;
}

export const silent: Observer = { progress: () => {}, note: () => {}, warn: () => {} };
