// The networks whose pages are opened: a trained one, also in int8; two of the zoo and one with every kind of block, with
// weights in which each statistic matters; one for grey pictures.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSafetensors } from '#data/files/safetensors';
import { inputShape } from '#networks/space/resolution';
import { namedNetwork } from '#networks/zoo/named-network';
import { readFinishedRun } from '#tasks/training/finished-run';
import { telling } from '../interop/ours.mjs';
import { shownPictures, trainedShapes } from './shapes.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Networks by the name of their results; undefined is trained here. */
const references = {
  shapes: undefined,
  'mnv4-conv-s@96': 'mnv4-conv-s@96',
  'mnv4-hybrid-m@96': 'mnv4-hybrid-m@96',
  'every-kind': join(root, 'scripts/proof/interop/every-kind.yaml'),
  grey: 'grey.yaml',
};

export const subjectNames = Object.keys(references);

const grey = `name: grey
input: { resolution: { height: 28, width: 36 }, channels: 1 }
classes: 3
activation: hardSwish
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 3, expand: 2, out: 8 }
head: { conv: 16, hidden: 0 }
`;

/**
 * Exports a network as a page.
 *
 * @returns  the page's folder and bytes, network and weights, pictures to show, and facts about int8
 */
export async function exportedPage(name, folder) {
  const { source, network, weights, flags, centralCrop } = await subjectOf(name, folder);
  const page = join(folder, 'page');
  const program = join(root, 'dist/cli/main.js');
  const args = [program, 'export', ...source, '--to', 'web', '--out', page, ...flags, '--json'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`mnv4-nas ${args.slice(1).join(' ')} ended with ${status}`);
  const pictures = await shownPictures(folder, inputShape(network.input));
  return { page, bytes: bytesOf(page), network, weights, centralCrop, pictures, int8: JSON.parse(stdout).int8 };
}

async function subjectOf(name, folder) {
  if (name === 'shapes') {
    const run = await trainedShapes(folder);
    const { network, weights } = readFinishedRun(run);
    return { source: [run], network, weights, flags: ['--int8'], centralCrop: 0.875 };
  }
  const reference = name === 'grey' ? join(folder, 'grey.yaml') : references[name];
  if (name === 'grey') writeFileSync(reference, grey);
  const network = namedNetwork(reference);
  const weights = await telling(network);
  const file = join(folder, 'weights.safetensors');
  writeSafetensors(file, weights);
  return { source: [reference, '--weights', file], network, weights, flags: [], centralCrop: 1 };
}

/** Bytes of the folder, of its models, and of what a page loads with each family of runtimes. */
function bytesOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => statSync(join(folder, file)).isFile());
  const sum = (pattern) =>
    files
      .filter((file) => pattern.test(file))
      .reduce((bytes, file) => bytes + readFileSync(join(folder, file)).length, 0);
  return {
    folder: sum(/./),
    'TensorFlow.js': sum(/^(model\.json|group1-.*)$/),
    LiteRT: sum(/^model\.tflite$/),
    int8: sum(/^model-int8\.tflite$/),
    page: sum(/^(index\.html|page.*)$/),
    libraries: sum(/^libraries/),
  };
}
