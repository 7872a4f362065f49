#!/usr/bin/env node
// Compares the speed of reading pictures for a training: decode, Inception crop (area 0.08 to 1, aspect 3/4 to 4/3),
// resize to 224x224, flip, batches of 128 images of 8 bits. Sides take turns; each has made one pass before. Run after
// `npm run bench:data:install`; takes about 3 minutes on two cores:
//   npm run bench:data -- [FOLDER] [--rounds 5] [--images 1024] [--ways ours,pillow] [--write] [--json]
// FOLDER holds JPEG files, at any depth; without it, 512 pictures are made of photographs of the package scikit-image
// 0.26.0. PyTorch and webdataset have a worker process per core, tf.data a thread per core. `--write` puts the table
// into docs/performance.md.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { usableCores } from '#core/machine/cores';
import { nativeImages } from '#data/images/decode/native-images';
import { docs, filled, table as markdownTable } from '../docs/page.mjs';
import { isInstalled } from '../python/environment.mjs';
import { dataEnvironment } from './data/environment.mjs';
import { described, madePictures, picturesBelow } from './data/pictures.mjs';
import { startSide, titles } from './data/sides.mjs';
import { scratchFolder } from './peer/scratch.mjs';
import { median } from './peer/statistics.mjs';

const batch = 128;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    images: { type: 'string', default: '1024' },
    ways: { type: 'string', default: Object.keys(titles).join() },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const workers = usableCores();
const [rounds, images] = [Number(values.rounds), Number(values.images)];
const ways = values.ways.split(',');
if (!(Number.isInteger(rounds) && rounds > 0)) fail(2, '--rounds: expected a whole number above 0');
if (!(images > 0 && images % (batch * workers) === 0)) fail(2, `--images: expected a multiple of ${batch * workers}`);
if (ways[0] !== 'ours' || ways.some((way) => !Object.hasOwn(titles, way))) {
  fail(2, `--ways: expected ours, then some of ${Object.keys(titles).slice(1).join()}; got ${values.ways}`);
}
if (!isInstalled(dataEnvironment)) fail(5, 'the libraries are not installed; run `npm run bench:data:install`');

const folder = scratchFolder('bench-data');
const sides = {};
let results;
let pictures;
try {
  const paths = positionals.length === 0 ? madePictures(folder) : picturesBelow(positionals[0]);
  if (paths.length === 0) fail(2, `${positionals[0]}: expected JPEG files; got none`);
  pictures = described(paths);
  const list = join(folder, 'paths.json');
  writeFileSync(list, JSON.stringify(paths));
  for (const way of ways) sides[way] = await startSide(way, { paths, list, images, batch, workers });
  results = await measured();
} finally {
  await Promise.all(Object.values(sides).map((side) => side.end()));
  rmSync(folder, { recursive: true, force: true });
}

const versions = Object.values(sides).find(({ about }) => about)?.about ?? {};
const machine = { cpu: cpus()[0].model.trim(), cores: workers, node: process.version };
const programs = Object.entries({ Node: machine.node.slice(1), ...versions }).map((entry) => entry.join(' '));
const about = `${pictureText(pictures)}, ${images} images a pass, ${rounds} rounds; ${programs.join(', ')}`;
const head = ['pipeline', 'images/s', 'CPU ms per image', 'our speed over theirs', 'their CPU time over ours'];
if (values.json) console.log(JSON.stringify({ machine, versions, pictures, images, rounds, results }, null, 2));
else {
  const rows = results.map((result) => row(result, (ratio) => ratio));
  const { detail } = await nativeImages();
  console.log(`${machine.cpu}, ${workers} cores; ${about}; ${detail}\n`);
  console.log(aligned([head, ...rows], new Set([1, 2])).join('\n'));
}
if (values.write) {
  const rows = results.map((result) => row(result, (ratio) => `**${ratio}**`));
  const page = readFileSync(docs('performance.md'), 'utf8');
  writeFileSync(docs('performance.md'), filled(page, 'pictures', `${markdownTable(head, rows)}\n\n${about}.`));
}

/**
 * Returns medians over the rounds for each side: images per second, ms of CPU time per image, and the ratios of our
 * speed to its speed and of its CPU time to ours, with the lowest and highest ratio of a round.
 */
async function measured() {
  const passes = Object.fromEntries(ways.map((way) => [way, []]));
  for (let round = 0; round < rounds; round++) {
    const order = ways.map((_, i) => ways[(i + round) % ways.length]);
    for (const way of order) passes[way].push(await sides[way].ask('pass'));
    const speeds = ways.map((way) => `${way} ${(images / passes[way].at(-1).seconds).toFixed(0)}`);
    console.error(`data: round ${round + 1}: ${speeds.join(', ')}`);
  }
  return ways.map((way) => {
    const theirs = passes[way];
    const ratios = (quantity) => spread(theirs.map((pass, i) => pass[quantity] / passes.ours[i][quantity]));
    const speed = median(theirs.map(({ seconds }) => images / seconds));
    const cpuMs = median(theirs.map(({ cpu }) => (1000 * cpu) / images));
    return { way, speed, cpuMs, ratio: ratios('seconds'), cpuRatio: ratios('cpu') };
  });
}

function spread(values) {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

function pictureText({ n, width, height, kilobytes }) {
  return `${n} pictures of ${width.toFixed(0)}x${height.toFixed(0)} pixels and ${kilobytes.toFixed(0)} kB on average`;
}

function row({ way, speed, cpuMs, ratio, cpuRatio }, emphasised) {
  const shown = ({ median, lowest, highest }) =>
    `${emphasised(median.toFixed(2))} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;
  const compared = way === 'ours' ? ['', ''] : [shown(ratio), shown(cpuRatio)];
  return [titles[way], speed.toFixed(0), cpuMs.toFixed(2), ...compared];
}

function fail(status, message) {
  console.error(`data: ${message}`);
  process.exit(status);
}
