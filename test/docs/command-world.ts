/** A folder in which the documented commands run: tiny images, files by the names that the pages use, finished runs. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { inProcess } from '#test/cli/in-process';
import { newFolder } from '#test/data/fixtures';
import { smallWorld } from '#test/tasks/search/small-world';
import { smallNetworkText, writeSmallTraining } from '#test/tasks/training/small-network';
import { root } from '../../scripts/docs/pages.mjs';
import { writeDocuments, yamlOf } from './documents.js';

const measurements = join(root, 'configs/devices/measurements');

const dataset = `name: patterns
source: { format: idx, folder: ., classNames: [rows, columns, middle] }
validation: 24
teacher: [{ network: small.yaml, training: small.train.yaml }]
`;

/** Makes the folder; its runs are `coarse-1`, `coarse-2`, `tiny-fine` and `my-training`. */
export async function commandWorld(): Promise<string> {
  const folder = await smallWorld(newFolder());
  renameSync(join(folder, 'small.yaml'), join(folder, 'config.yaml'));
  writeSmallTraining(folder);
  writeFileSync(join(folder, 'small.dataset.yaml'), dataset);
  writeFileSync(join(folder, 'my-network.yaml'), smallNetworkText);
  for (const page of ['README.md', 'docs/spaces.md']) writeDocuments(page, folder);
  writeFileSync(join(folder, 'board.yaml'), yamlOf('docs/devices.md')[0] ?? '');
  await writePhotos(join(folder, 'photos'));
  copyMeasurements(folder);
  await writeRuns(folder);
  return folder;
}

async function writePhotos(folder: string): Promise<void> {
  for (const [i, name] of ['cat', 'dog'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let k = 0; k < 6; k++) {
      const background = { r: 40 * k, g: 90 * i, b: 120 };
      const picture = sharp({ create: { width: 40 + k, height: 32, channels: 3, background } });
      writeFileSync(join(folder, name, `${k}.png`), await picture.png().toBuffer());
    }
  }
}

/** Copies measured latencies to the places where `measure` writes them in the examples. */
function copyMeasurements(folder: string): void {
  for (const name of readdirSync(measurements).filter((name) => name.endsWith('.csv'))) {
    copyFileSync(join(measurements, name), join(folder, name));
  }
  cpSync(join(measurements, 'host-zen3-1-thread'), join(folder, 'measured'), { recursive: true });
  cpSync(join(measurements, 'host-xeon'), join(folder, 'int8'), { recursive: true });
  renameSync(join(folder, 'int8/int8.csv'), join(folder, 'int8/rows.csv'));
}

/**
 * Returns the folder in which a command runs: the world, that of the rows which the header of a profile names, or a new
 * one for the folder of jobs that the command writes.
 */
export function folderFor(words: readonly string[], world: string): string {
  if (words[0] === 'job') return newFolder();
  if (words.some((word) => /^configs\/.*\.csv$/.test(word))) return root;
  const [rows = ''] = words.filter((word) => /^[\w-]+\.csv$/.test(word));
  const places = [world, ...['host-zen3-1-thread', 'host-xeon'].map((name) => join(measurements, name))];
  return (rows === '' ? undefined : places.find((place) => existsSync(join(place, rows)))) ?? world;
}

async function writeRuns(cwd: string): Promise<void> {
  const run = async (...words: string[]) => {
    const { status, stderr } = await inProcess(words, { cwd });
    if (status !== 0) throw new Error(`${words.join(' ')} exits with ${status}: ${stderr}`);
  };
  await run('coarse', 'config.yaml', '--run-id', 'coarse-1');
  await run('coarse', 'config.yaml', '--run-id', 'coarse-2', '--seed', '4');
  await run('fine', 'config.yaml', '--from', 'coarse-1', '--run-id', 'tiny-fine');
  await run('train', 'small.yaml', '--recipe', 'small.train.yaml', '--run-id', 'my-training');
  for (const [run, stage] of Object.entries({ 'coarse-1': 'coarse', 'tiny-fine': 'fine', 'my-training': 'train' })) {
    cpSync(join(cwd, 'runs', run), join(cwd, 'photos-search/runs', `photos-search-${stage}`), { recursive: true });
  }
}

/** Values for the placeholders of the pages, by the words before them. */
const values: readonly (readonly [before: RegExp, placeholder: RegExp, value: string])[] = [
  [/ --recipe$/, /^(FILE|RECIPE)$/, 'small.train.yaml'],
  [/ study$/, /^FILE$/, 'quickstart.study'],
  [/ validate$/, /^FILES?$/, 'config.yaml'],
  [/ job \w+$/, /^CONFIG$/, join(root, 'configs/quickstart.yaml')],
  [/ (train|eval|export)$/, /^(NETWORK|RUN)$/, 'my-training'],
  [/ inspect$/, /^DIR$/, 'photos'],
  [/ (info|verify)$/, /^(DIR|FOLDER)$/, 'set'],
  [/ runs report$/, /^RUNS$/, 'coarse-1 tiny-fine'],
  [/ --schema$/, /^KIND$/, 'space'],
  [/ fetch$/, /^NAME$/, 'fashion-mnist'],
  [/ init$/, /^FOLDER$/, 'photos --device pixel-6-cpu --target-ms 0.3'],
];

const anywhere: Readonly<Record<string, string>> = {
  CONFIG: 'config.yaml',
  'DEVICE.yaml': 'device.yaml',
  'FILE.csv': 'pixel-6-cpu.csv',
  FORMAT: 'onnx',
  IMAGE: 'registry.example/mnv4-nas:1',
  N: '4',
  NETWORK: 'my-network.yaml',
  NETWORKS: 'mnv4-conv-s mobilenet-v2',
  'NETWORK-or-SPACE': 'mine.yaml',
  RECIPE: 'small.dataset.yaml',
  'REGISTRY/mnv4-nas:1': 'registry.example/mnv4-nas:1',
  'ROWS.csv': 'pixel-6-cpu.csv',
  RUN: 'tiny-fine',
  RUNS: 'coarse-1 tiny-fine',
  SHELL: 'bash',
  SPACE: 'small.coarse.yaml',
  WHAT: 'my-network.yaml',
  'configs/devices/<name>.yaml': 'fitted.yaml',
};

/** Returns the words of a command line with values in place of the placeholders. */
export function filled(words: readonly string[]): string[] {
  return words.flatMap((word, i) => {
    const before = words.slice(0, i).join(' ');
    const value = values.find(([end, placeholder]) => end.test(before) && placeholder.test(word))?.[2];
    return (value ?? anywhere[word] ?? word).split(' ');
  });
}
