#!/usr/bin/env node
// Proves that RandAugment's operations give the bytes of torchvision's and timm's, and that Inception crops have
// torchvision's distribution. Every operation is applied at several magnitudes, in both directions, to photographs, to
// parts of 32x32 and 33x7 pixels, and to a grey one. Run after `npm run proof:augment:install`; takes about 2 minutes:
//   npm run proof:augment -- [--write] [--json]
// `--write` puts the tables into docs/augmentation.md. Exits with 1 if a figure misses its goal:
// - Every byte is equal; on timm's scale 0.5 % of the bytes of a translation may differ. Pillow adds up the place of
//   each row, and a shift of half a pixel then turns into the next whole one in the middle of an image.
// - The distribution functions of area and aspect differ by less than 0.02, which 20,000 draws of one distribution
//   exceed with probability 0.0007, and the shares of fall-backs by less than 0.02: torchvision accepts a crop that
//   exceeds the image by less than half a pixel, and so falls back less often in a narrow one.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { scratchFolder } from '../bench/peer/scratch.mjs';
import { startServer } from '../bench/peer/server.mjs';
import { docs, filled, table as markdownTable } from '../docs/page.mjs';
import { isInstalled } from '../python/environment.mjs';
import { comparedCrops } from './augment/crops.mjs';
import { augmentEnvironment } from './augment/environment.mjs';
import { comparedOperations } from './augment/operations.mjs';

const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
if (!isInstalled(augmentEnvironment)) {
  console.error('augment: torchvision and timm are not installed; run `npm run proof:augment:install`');
  process.exit(5);
}

const folder = scratchFolder('augment');
const others = await startServer({
  title: 'torchvision and timm',
  command: augmentEnvironment.python,
  args: ['-B', join(import.meta.dirname, 'augment', 'others.py')],
});
const operations = [];
let crops;
try {
  for await (const result of comparedOperations(others, folder)) {
    operations.push(result);
    console.error(`augment: ${operationRow(result).join('  ')}`);
  }
  crops = await comparedCrops(others);
} finally {
  await others.end();
  rmSync(folder, { recursive: true, force: true });
}

const operationHead = ['scale', 'operation', 'images', 'largest difference', 'mean difference', 'equal bytes'];
const cropHead = ['image', 'distance of areas', 'of aspects', 'mean area (torchvision)', 'fall-backs (torchvision)'];
const versions = Object.entries(others.about).map((entry) => entry.join(' '));
if (values.json) console.log(JSON.stringify({ versions: others.about, operations, crops }, null, 2));
else {
  const numbers = new Set([2, 3, 4, 5]);
  console.log([...aligned([operationHead, ...operations.map(operationRow)], numbers), ''].join('\n'));
  console.log([...aligned([cropHead, ...crops.map(cropRow)], new Set([1, 2])), '', versions.join(', ')].join('\n'));
}
if (values.write) {
  let page = readFileSync(docs('augmentation.md'), 'utf8');
  page = filled(page, 'operations', markdownTable(operationHead, operations.map(operationRow)));
  page = filled(page, 'crops', markdownTable(cropHead, crops.map(cropRow)));
  writeFileSync(docs('augmentation.md'), filled(page, 'versions', `Compared with ${versions.join(', ')}.`));
}
const missed = operations.filter(({ equal, ...rest }) => equal < leastEqual(rest)).length;
const strayed = crops.filter((crop) => !isClose(crop)).length;
if (missed > 0) console.error(`augment: ${missed} of ${operations.length} operations differ by more than they may`);
if (strayed > 0) console.error(`augment: ${strayed} of ${crops.length} distributions differ by more than they may`);
process.exitCode = missed + strayed === 0 ? 0 : 1;

function leastEqual({ library, kind }) {
  return library.startsWith('timm') && kind.startsWith('translate') ? 0.995 : 1;
}

function isClose({ areaDistance, aspectDistance, fallBack: [ours, theirs] }) {
  return areaDistance < 0.02 && aspectDistance < 0.02 && Math.abs(ours - theirs) < 0.02;
}

function operationRow({ library, kind, images, largest, mean, equal }) {
  const share = equal === 1 ? '100 %' : `${(100 * equal).toFixed(2)} %`;
  return [library, kind, String(images), String(largest), mean === 0 ? '0' : mean.toExponential(1), share];
}

function cropRow({ size, areaDistance, aspectDistance, meanArea, fallBack }) {
  const pair = ([ours, theirs]) => `${ours.toFixed(3)} (${theirs.toFixed(3)})`;
  return [size, areaDistance.toFixed(4), aspectDistance.toFixed(4), pair(meanArea), pair(fallBack)];
}
