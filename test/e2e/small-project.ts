/** A project of a whole search that takes seconds: pictures, a teacher, recipes and a config. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '#test/data/fixtures';
import { smallConfig, smallSpace } from '#test/tasks/search/small-world';
import { writeSmallTraining } from '#test/tasks/training/small-network';

const dataset = `name: patterns
source: { format: idx, folder: ., classNames: [rows, columns, middle] }
validation: 24
augment: { shift: 1 }
teacher: [{ network: small.yaml, training: small.train.yaml }]
`;

const finalTraining = `name: small-final
data: { recipe: small.dataset.yaml }
epochs: 2
batch: 24
optimizer: { kind: adamW }
learningRate: 0.02
statisticsBatches: 4
logEvery: 4
checkpointEvery: 8
`;

const sections = `runs: runs
compare: { recipe: final.train.yaml, scaled: [known.yaml] }
train: { recipe: final.train.yaml }
export: { to: [onnx, safetensors], int8: true, folder: exported }
`;

const known = `name: known
input: { resolution: 16, channels: 3 }
classes: 10
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: conv, kernel: 1, stride: 1, out: 16 }
head: { conv: 32, hidden: 0 }
`;

/** Makes a folder with images, a teacher, recipes and the config of a whole search, none of it run. */
export function project(): string {
  const folder = writeSmallTraining(newFolder());
  writeFileSync(join(folder, 'small.coarse.yaml'), smallSpace);
  writeFileSync(join(folder, 'small.dataset.yaml'), dataset);
  writeFileSync(join(folder, 'final.train.yaml'), finalTraining);
  writeFileSync(join(folder, 'known.yaml'), known);
  const config = smallConfig.replace('folder: set', 'recipe: small.dataset.yaml');
  writeFileSync(join(folder, 'search.yaml'), `${config}${sections}`);
  return folder;
}
