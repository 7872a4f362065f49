// The pictures of the benchmark: JPEG files of a folder, or made from scikit-image's photographs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { imageHeader } from '#data/images/decode/decode';
import { dataEnvironment } from './environment.mjs';

const madeCount = 512;

/** The paths of the JPEG files below a folder, in order of their names. */
export function picturesBelow(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => /\.jpe?g$/i.test(name));
  return names.sort().map((name) => join(folder, name));
}

/** Makes pictures below a temporary folder and returns their paths. */
export function madePictures(temporary) {
  const folder = join(temporary, 'pictures');
  mkdirSync(folder);
  const args = ['-B', join(import.meta.dirname, 'photographs.py'), folder, String(madeCount)];
  const { status } = spawnSync(dataEnvironment.python, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`photographs.py ended with ${status}`);
  return picturesBelow(folder);
}

/** The number of pictures, and their mean width and height in pixels and size in kB. */
export function described(paths) {
  const headers = paths.map((path) => imageHeader(readFileSync(path), path));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    n: paths.length,
    width: mean(headers.map(({ width }) => width)),
    height: mean(headers.map(({ height }) => height)),
    kilobytes: mean(paths.map((path) => statSync(path).size)) / 1000,
  };
}
