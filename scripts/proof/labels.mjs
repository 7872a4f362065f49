#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:labels`: lists a folder of unpleasant names with torchvision's `ImageFolder` and with ours, and compares
 * the classes and every (path, label) pair. Installs torchvision in the cache on first use. Exits with 1 on a difference.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readImageFolder } from '#data/images/folders/image-folder';
import { install } from '../python/environment.mjs';
import { labelsEnvironment } from './labels/environment.mjs';

const classes = [
  '1',
  '2',
  '10',
  'n02',
  'N1',
  '_x',
  'é',
  'e\u0301',
  '\u{1f600}',
  '\uff21',
  'a b',
  "it's",
  'a',
  'a-1',
  'A',
];
const files = [
  '1.jpg',
  '10.JPG',
  '2.jpeg',
  'B.png',
  'a.webp',
  'é.jpg',
  '\u{1f600}.png',
  '\uff21.png',
  ' x.jpg',
  'x..jpg',
];
const folders = ['', 'sub', 'sub-1', 'sub/deep', 'sub.d', 'Sub'];

install(labelsEnvironment);
const root = mkdtempSync(join(tmpdir(), 'mnv4-labels-'));
try {
  for (const name of classes) {
    for (const folder of folders) {
      for (const file of [...files, 'notes.txt']) {
        const path = join(root, name, folder, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, '');
      }
    }
  }
  symlinkSync(join(root, 'a'), join(root, '10', 'linked'));
  const script = join(import.meta.dirname, 'labels', 'torchvision-labels.py');
  const ran = spawnSync(labelsEnvironment.python, ['-B', script, root], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const theirs = JSON.parse(ran.stdout);
  const { classNames, train } = readImageFolder(root, { followLinks: false });
  const samples = Array.from({ length: train.n }, (_, i) => [train.place(i).slice(root.length + 1), train.label(i)]);
  const same = isDeepStrictEqual({ classes: classNames, samples }, theirs);
  const at = samples.findIndex((sample, i) => !isDeepStrictEqual(sample, theirs.samples[i]));
  console.log(
    `${theirs.classes.length} classes, ${samples.length} files: ${same ? 'the same order and labels' : 'DIFFERENT'}`,
  );
  if (!same)
    console.log(JSON.stringify({ ours: [classNames, samples[at]], theirs: [theirs.classes, theirs.samples[at]] }));
  process.exitCode = same ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
