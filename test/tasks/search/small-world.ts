/** Small inputs for a whole search: 8x8 images of three classes, their distillation set, a space and a config. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '#core/random';
import type { ImageSet } from '#data/images/image-source';
import { type InMemorySource, inMemorySource } from '#data/images/in-memory';
import { buildDistillationSet } from '#tasks/distill/build';
import { parseBuildRecipe } from '#tasks/distill/build-recipe';
import type { Teacher } from '#tasks/distill/build-teacher';
import { newFolder } from '#test/data/fixtures';

const side = 8; // pixels
const imageBytes = side * side;
const classes = 3;

/** Draws bright rows, columns or a bright middle, each under noise, which a convolution distinguishes at once. */
export function patterns(perClass: number, name: string): InMemorySource {
  const random = randomStream(`test/${name}`);
  const n = classes * perClass;
  const labels = Uint8Array.from({ length: n }, (_, i) => i % classes);
  const images = new Uint8Array(n * imageBytes);
  for (let i = 0; i < n; i++) {
    const phase = random.below(2);
    for (let p = 0; p < imageBytes; p++) {
      const [row, column] = [Math.floor(p / side), p % side];
      const middle = row > 1 && row < 6 && column > 1 && column < 6;
      const isBright = [(row + phase) % 2 === 0, (column + phase) % 2 === 0, middle][labels[i] as number];
      images[i * imageBytes + p] = (isBright ? 120 : 40) + random.below(96);
    }
  }
  return inMemorySource([side, side, 1], { images, labels });
}

export function patternSource(perClass = 80): ImageSet<InMemorySource> {
  return {
    name: 'patterns',
    classNames: ['rows', 'columns', 'middle'],
    provenance: 'made up for a test',
    train: patterns(perClass, 'patterns/train'),
    test: patterns(12, 'patterns/test'),
  };
}

/** Teacher for the three patterns: a softmax of the squared contrast of each. */
export const patternTeacher: Teacher = {
  name: 'patterns',
  fingerprint: 'patterns-1',
  predict(images, n) {
    const out = new Float32Array(n * classes);
    for (let i = 0; i < n; i++) {
      const weights = contrasts(images.subarray(i * imageBytes, (i + 1) * imageBytes)).map(Math.exp);
      const sum = weights.reduce((a, b) => a + b);
      out.set(
        weights.map((weight) => weight / sum),
        i * classes,
      );
    }
    return out;
  },
};

function contrasts(image: Uint8Array): number[] {
  const difference = (isBright: (row: number, column: number) => boolean) => {
    let sum = 0;
    for (let p = 0; p < imageBytes; p++) {
      sum += (isBright(Math.floor(p / side), p % side) ? 1 : -1) * (image[p] as number);
    }
    return sum / imageBytes;
  };
  const middle = difference((row, column) => row > 1 && row < 6 && column > 1 && column < 6);
  return [
    Math.abs(difference((row) => row % 2 === 0)),
    Math.abs(difference((_, column) => column % 2 === 0)),
    middle + 42,
  ].map((contrast) => contrast / 10);
}

export const smallSpace = `name: small.coarse
input: { resolution: 8, channels: 1 }
classes: 3
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
  - out: [8, 12, 16]
    blocks:
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 2 }
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 2, optional: true }
head: { conv: 16, hidden: 0 }
`;

export const smallConfig = `name: small
seed: 3
dataset: { folder: set }
cost:
  - { cost: macs, target: 12000 }
search:
  steps: 12
  batch: 16
  validationBatch: 24
  weights:
    optimizer: { kind: adamW }
    learningRate: 0.01
  controller: { logitTravel: 20 }
  statisticsBatches: 2
  compareRandom: 2
  logEvery: 4
  checkpointEvery: 4
coarse:
  space: small.coarse.yaml
fine:
  refine: uib.refine
`;

/** Makes a folder with `set/` (432 train rows of 216 images, 24 held, 36 test), `small.coarse.yaml`, `small.yaml`. */
export async function smallWorld(folder = newFolder()): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const recipe = parseBuildRecipe(
    'patterns.dataset.yaml',
    'name: patterns\nsource: { format: idx, folder: . }\nvalidation: 24\nreplicas: 2\nteacher: [{ run: patterns }]\n',
  );
  await buildDistillationSet({
    source: patternSource(),
    recipe,
    teacher: patternTeacher,
    to: join(folder, 'set'),
  });
  writeFileSync(join(folder, 'small.coarse.yaml'), smallSpace);
  writeFileSync(join(folder, 'small.yaml'), smallConfig);
  return folder;
}
