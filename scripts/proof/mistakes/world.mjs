// @ts-check
/** The folder in which mistakes are made, with small images, their distillation set, a space, configs and runs. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const entry = join(repository, 'dist', 'cli', 'main.js');

/** @typedef {{ code: number | null, stdout: string, stderr: string }} Ended */

/** A network for the images; `training` trains it as their teacher. */
const network = `name: teacher
input: { resolution: 8, channels: 1 }
classes: 3
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 3, expand: 2, out: 8 }
head: { conv: 16, hidden: 0 }
`;

const training = `name: teacher
data: { source: { format: idx, folder: images } }
epochs: 2
batch: 24
optimizer: { kind: adamW }
learningRate: 0.02
`;

const dataset = `name: patterns
source: { format: idx, folder: images }
validation: 24
replicas: 2
teacher: [{ network: teacher.yaml, training: teacher.train.yaml }]
`;

const space = `name: small
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

const config = `name: small
seed: 3
dataset: { folder: set }
cost:
  - { cost: macs, target: 12000 }
search:
  steps: 40
  batch: 16
  validationBatch: 24
  weights: { optimizer: { kind: adamW }, learningRate: 0.01 }
  controller: { logitTravel: 20 }
  statisticsBatches: 2
  logEvery: 1
  checkpointEvery: 10
coarse:
  space: space.yaml
fine:
  refine: uib.refine
`;

const files = {
  'teacher.yaml': network,
  'teacher.train.yaml': training,
  'patterns.dataset.yaml': dataset,
  'space.yaml': space,
  'search.yaml': config,
};

export class World {
  /** @readonly */
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mnv4-mistakes-')));
  #env = { ...process.env, MNV4_CACHE: join(this.folder, 'cache'), NO_COLOR: '1' };

  /** @param {string} name */
  path(name) {
    return join(this.folder, name);
  }

  /**
   * Makes the images and files, a set, the finished runs `done-coarse` and `done-fine`, and the stopped run `halted`.
   */
  async begin() {
    await this.beginSet();
    await this.must(0, ['search', 'search.yaml', '--run-id', 'done']);
    const halted = this.start(['coarse', 'search.yaml', '--run-id', 'halted'], { stopAt: '"step":1,' });
    if ((await halted.ended).code !== 75) throw new Error('the run could not be stopped');
  }

  /** Makes the images and files, and the set `set`. */
  async beginSet() {
    const { formatIdx, idxFiles } = await import(join(repository, 'dist', 'data', 'images', 'formats', 'idx.js'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    for (const [part, images, labels] of [
      [80, idxFiles.trainImages, idxFiles.trainLabels],
      [12, idxFiles.testImages, idxFiles.testLabels],
    ]) {
      const made = patterns(3 * part);
      this.write(join('images', images), formatIdx({ dims: [3 * part, 8, 8], values: made.images }));
      this.write(join('images', labels), formatIdx({ dims: [3 * part], values: made.labels }));
    }
    await this.must(0, ['dataset', 'build', 'patterns.dataset.yaml', '--to', 'set']);
  }

  /** Runs the program to its end, and returns its standard output. @param {number} code @param {string[]} args */
  async must(code, args) {
    const ended = await this.start(args).ended;
    if (ended.code !== code) throw new Error(`mnv4-nas ${args.join(' ')} exited with ${ended.code}:\n${ended.stderr}`);
    return ended.stdout;
  }

  /** @param {string} name @param {string | Uint8Array} content */
  write(name, content) {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  /**
   * Writes a copy of a file with a part of its text replaced.
   *
   * @param {string} name @param {string} from @param {string} to @param {string} as
   */
  edit(name, from, to, as) {
    const text = readFileSync(this.path(name), 'utf8');
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    this.write(as, text.replace(from, to));
  }

  /** @param {string} from @param {string} to */
  copy(from, to) {
    cpSync(this.path(from), this.path(to), { recursive: true });
  }

  /** @param {string} name */
  remove(name) {
    rmSync(this.path(name), { recursive: true, force: true });
  }

  /** Keeps the first bytes of a file. @param {string} name @param {number} bytes */
  cut(name, bytes) {
    this.write(name, readFileSync(this.path(name)).subarray(0, bytes));
  }

  /** Flips a bit of a file. @param {string} name @param {number} at */
  flip(name, at) {
    const bytes = readFileSync(this.path(name));
    bytes[at] = /** @type {number} */ (bytes[at]) ^ 0x10;
    this.write(name, bytes);
  }

  /**
   * Starts the program, or another command, in the folder.
   *
   * @param {string[]} args
   * @param {{ command?: string[], env?: Record<string, string>, stopAt?: string }} options  `stopAt`: the text on
   *   standard error after which it is sent SIGTERM
   */
  start(args, { command = [process.execPath, entry], env = {}, stopAt } = {}) {
    const [file = '', ...before] = command;
    const child = spawn(file, [...before, ...args], { cwd: this.folder, env: { ...this.#env, ...env } });
    const said = { stdout: '', stderr: '' };
    let isStopped = false;
    /** @type {Promise<Ended>} */
    const ended = new Promise((done, failed) => {
      child.on('error', failed);
      child.on('close', (code) => done({ code, ...said }));
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said.stderr += text;
      if (stopAt === undefined || isStopped || !said.stderr.includes(stopAt)) return;
      isStopped = true;
      child.kill('SIGTERM');
    });
    return { child, ended };
  }

  /** A text without the names specific to this machine: folders, process ids, the host. @param {string} text */
  anonymous(text) {
    return text
      .replaceAll(`${this.folder}/`, '')
      .replaceAll(this.folder, '.')
      .replaceAll(`${repository}/`, '')
      .replaceAll(hostname(), 'HOST')
      .replaceAll(/process \d+ on/g, 'process PID on')
      .replaceAll(/\.part-\d+-\d+/g, '.part-PID');
  }

  end() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Bright rows, bright columns or a bright middle under noise, from our own generator, the same on every machine.
 *
 * @param {number} n
 */
function patterns(n) {
  const images = new Uint8Array(n * 64);
  const labels = Uint8Array.from({ length: n }, (_, i) => i % 3);
  let state = 1;
  const below = (/** @type {number} */ limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let i = 0; i < images.length; i++) {
    const [row, column] = [Math.floor((i % 64) / 8), i % 8];
    const middle = row > 1 && row < 6 && column > 1 && column < 6;
    const isBright = [row % 2 === 0, column % 2 === 0, middle][/** @type {number} */ (labels[Math.floor(i / 64)])];
    images[i] = (isBright ? 120 : 40) + below(96);
  }
  return { images, labels };
}
