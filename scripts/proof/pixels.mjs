#!/usr/bin/env node
// Proves that pictures of every kind are decoded and resized to the pixels of Pillow and torchvision: whole, and parts
// that shrink, grow, or shrink along one axis and grow along the other. Run after `npm run bench:data:install`; takes
// about a minute: npm run proof:pixels -- [--write] [--json]
// `--write` puts the table into docs/pictures.md. Exits with 1 if a difference of a channel exceeds its bound: 0, but 1
// for parts that torchvision resizes (it rounds weights to 16 bits), and for parts that Pillow shrinks along one axis
// and grows along the other (it may begin with the other axis). Pillow clips 16-bit grey at 255, so that torchvision
// alone bounds it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { nativeImages } from '#data/images/decode/native-images';
import { dataEnvironment } from '../bench/data/environment.mjs';
import { docs, filled, table as markdownTable } from '../docs/page.mjs';
import { isInstalled } from '../python/environment.mjs';
import { comparedPictures } from './pixels/compared.mjs';

const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
if (!isInstalled(dataEnvironment)) {
  console.error('pixels: Pillow and torchvision are not installed; run `npm run bench:data:install`');
  process.exit(5);
}

const folder = mkdtempSync(join(tmpdir(), 'mnv4-pixels-'));
let versions;
let results;
try {
  const args = ['-B', join(import.meta.dirname, 'pixels', 'pictures.py'), folder];
  const { status, stdout } = spawnSync(dataEnvironment.python, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`pictures.py ended with ${status}`);
  const written = JSON.parse(stdout);
  versions = Object.entries(written.versions).map((entry) => entry.join(' '));
  results = await comparedPictures(folder, written.pictures);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const libraries = ['Pillow', 'torchvision'];
const views = ['whole', 'shrunk', 'grown', 'both'];
const head = ['picture', ...libraries.flatMap((library) => views.map((view) => `${library}, ${view}`))];
const rows = [...new Set(results.map(({ kind }) => kind))].map((kind) => [kind, ...cells(kind)]);
if (values.json) console.log(JSON.stringify({ versions, results }, null, 2));
else {
  const numbers = new Set(head.keys());
  numbers.delete(0);
  console.log([...aligned([head, ...rows], numbers), '', versions.join(', ')].join('\n'));
  console.log((await nativeImages()).detail);
}
if (values.write) {
  const page = readFileSync(docs('pictures.md'), 'utf8');
  const content = `${markdownTable(head, rows)}\n\nCompared with ${versions.join(', ')}.`;
  writeFileSync(docs('pictures.md'), filled(page, 'pixels', content));
}
const missed = results.filter((result) => result.largest > bound(result));
for (const { kind, library, view, largest } of missed) {
  console.error(`pixels: ${kind}, ${library}, ${view}: differs by ${largest}`);
}
process.exitCode = missed.length === 0 ? 0 : 1;

/** The largest difference that a channel may have. */
function bound({ kind, library, view }) {
  if (library === 'Pillow') {
    if (kind === 'PNG 16 bits grey') return Number.POSITIVE_INFINITY;
    return view === 'both' ? 1 : 0;
  }
  return view === 'whole' ? 0 : 1;
}

/** The largest and the mean difference to each library in each view; a dash where a library reads no such picture. */
function cells(kind) {
  return libraries.flatMap((library) =>
    views.map((view) => {
      const found = results.find(
        (result) => result.kind === kind && result.library === library && result.view === view,
      );
      if (found === undefined) return '-';
      return found.largest === 0 ? '0' : `${found.largest} (${found.mean.toFixed(4)})`;
    }),
  );
}
