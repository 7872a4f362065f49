// A network that a search finds and a training trains, in a few minutes, with the commands that users run.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Searches and trains on the quickstart's images; returns the folder of the training run. */
export function searchedRun(folder) {
  const recipes = join(root, 'configs', 'recipes');
  runProgram('dataset', 'fetch', 'fashion-mnist');
  runProgram('dataset', 'build', join(recipes, 'quickstart.dataset.yaml'));
  const short = ['coarse.steps=100', 'fine.steps=100', 'fine.compareRandom=0'].flatMap((value) => ['--set', value]);
  runProgram('search', join(root, 'configs', 'quickstart.yaml'), '--root', folder, '--run-id', 'found', ...short);
  const recipe = join(recipes, 'fashion-mnist.train.yaml');
  const found = join(folder, 'found-fine');
  runProgram('train', found, '--recipe', recipe, '--set', 'epochs=1', '--root', folder, '--run-id', 'trained');
  return join(folder, 'trained');
}

/** Runs `mnv4-nas ARGS` to its end; throws if it fails. */
export function runProgram(...args) {
  const program = join(root, 'dist', 'cli', 'main.js');
  const { status, signal } = spawnSync(process.execPath, [program, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`mnv4-nas ${args.join(' ')} ended with ${signal ?? status}`);
}
