// A network that tells painted shapes apart, trained in half a minute with the commands that users run, and pictures of
// these shapes to show to it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream } from '#core/random';
import { runProgram } from '../interop/searched.mjs';

const outlines = {
  circle: '<circle r="30"/>',
  square: '<rect x="-26" y="-26" width="52" height="52"/>',
  triangle: '<path d="M0-32 30 26H-30z"/>',
  'star <five>': '<path d="M0-34 9-10 34-10 14 6 21 30 0 16-21 30-14 6-34-10-9-10z"/>',
};

export const classNames = Object.keys(outlines).sort();

const network = `name: shapes
input: { resolution: 64, channels: 3 }
classes: 4
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 16 }
      - { kind: uib, startKernel: 3, midKernel: 3, stride: 2, expand: 3, out: 24 }
      - { kind: uib, startKernel: 0, midKernel: 5, stride: 2, expand: 3, out: 32 }
      - { kind: mqa, heads: 2, keyDim: 16, kvStride: 2, out: 32 }
head: { conv: 128, hidden: 0 }
`;

const recipe = `name: shapes
data:
  source: { format: folder, folder: pictures, resolution: 64, centralCrop: 0.875 }
  augment: { inceptionCrop: { area: [0.6, 1] }, flip: true }
epochs: 12
batch: 32
microBatches: 1
optimizer: { kind: adamW, weightDecay: 0.01 }
learningRate: 0.01
labelSmoothing: 0.05
seed: 1
`;

/** Paints the pictures and trains the network; returns the folder of the training run. */
export async function trainedShapes(folder) {
  const random = randomStream('proof/shapes');
  for (const name of classNames) {
    mkdirSync(join(folder, 'pictures', name), { recursive: true });
    for (let i = 0; i < 80; i++) {
      const size = { width: 80 + random.below(120), height: 80 + random.below(120) };
      await paint(name, size, random)
        .jpeg()
        .toFile(join(folder, 'pictures', name, `${i}.jpg`));
    }
  }
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [what, how] = [file('shapes.yaml', network), file('shapes.train.yaml', recipe)];
  runProgram('train', what, '--recipe', how, '--root', folder, '--run-id', 'trained');
  return join(folder, 'trained');
}

/** Files with a picture each, by what they show: one of the network's size, large photographs, one lying on its side. */
export async function shownPictures(folder, [height, width, channels]) {
  const random = randomStream('proof/shown');
  const files = Object.fromEntries(['exact.png', 'large.jpg', 'turned.jpg'].map((name) => [name, join(folder, name)]));
  const exact = paint('circle', { width, height }, random);
  await (channels === 1 ? exact.toColourspace('b-w') : exact).png().toFile(files['exact.png']);
  const large = paint('triangle', { width: 1600, height: 1200 }, random);
  await large.jpeg({ quality: 90 }).toFile(files['large.jpg']);
  const turned = paint('square', { width: 1200, height: 900 }, random);
  await turned.jpeg({ quality: 85 }).withMetadata({ orientation: 6 }).toFile(files['turned.jpg']);
  return files;
}

/** A shape on a noisy background, in random colours and at a random place. */
function paint(name, { width, height }, random) {
  const colour = (from) => `rgb(${[0, 1, 2].map(() => from + random.below(100)).join()})`;
  const isDark = random.below(2) === 0;
  const scale = (Math.min(width, height) / 100) * (0.9 + 0.5 * random.uniform());
  const place = [width, height].map((side) => side * (0.42 + 0.16 * random.uniform()));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="${colour(isDark ? 0 : 155)}"/>
<g transform="translate(${place}) scale(${scale})" fill="${colour(isDark ? 155 : 0)}">${outlines[name]}</g></svg>`;
  const noise = Buffer.from(Uint8Array.from({ length: width * height * 3 }, () => random.below(40)));
  return sharp(Buffer.from(svg))
    .removeAlpha()
    .composite([{ input: noise, raw: { width, height, channels: 3 }, blend: 'add' }]);
}
