/** Runs set-up from the program, and asks the user before anything is downloaded. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Failure } from '#core/failure';
import { isInstalledPackage, packageRoot, setUpCommand } from '#core/files/package-folder';
import { type BackendOptions, openBackend } from '#networks/tensor/backend';
import { isTensorFlowSetUp } from '#networks/tensor/tensorflow';

/** The plan of a set-up, printed by `scripts/setup.mjs --plan`. */
export interface SetUpPlan {
  readonly isReady: boolean;
  readonly needsDownload: boolean;
  /** Name and version of the Python wheel, its size and that of the files kept; absent on an unknown platform. */
  readonly package?: string;
  readonly downloadBytes?: number;
  readonly diskBytes?: number;
  readonly folder?: string;
}

const program = join(packageRoot, 'scripts', 'setup.mjs');

/** Opens the backend, with native TensorFlow set up first if it is missing and the user agrees. */
export async function openReadyBackend(options: BackendOptions): Promise<void> {
  if (options.backend !== 'cpu') await requireTensorFlow();
  openBackend(options);
}

/**
 * Sets native TensorFlow up for an installed package that lacks it. What the cache holds is used without a question; a
 * download is offered on a terminal and, without one, is a backend failure that names the command.
 */
async function requireTensorFlow(): Promise<void> {
  if (!isInstalledPackage() || isTensorFlowSetUp()) return;
  const plan = JSON.parse(await runSetUp(['--plan'], 'read')) as SetUpPlan;
  if (plan.needsDownload && plan.package !== undefined) {
    if (!(await isAgreed(offerText(plan))))
      throw new Failure('backend', 'native TensorFlow is not set up', remedyOf(plan));
  }
  await runSetUp([]);
}

/** Tells what would be fetched, from where, how large it is and where it is kept. */
export function offerText({ package: name, downloadBytes = 0, diskBytes = 0, folder }: SetUpPlan): string {
  return [
    'This needs native TensorFlow, which is not here yet. Set-up would',
    `- download ${name}, a Python wheel of ${gigabytes(downloadBytes)}, from the package index that pip is configured for`,
    `- keep TensorFlow's C++ library (${gigabytes(diskBytes)}) in ${folder}`,
    '- compile the addons of mnv4-nas for this processor, which takes about a minute',
    'It needs pip or uv, and a C++ compiler; nothing is installed outside that cache.',
  ].join('\n');
}

function remedyOf({ package: name, downloadBytes = 0, diskBytes = 0, folder }: SetUpPlan): string {
  const fetched = `downloads ${name} (${gigabytes(downloadBytes)}) from pip's package index, keeps ${gigabytes(diskBytes)}`;
  return `run ${setUpCommand()}, which ${fetched} in ${folder} and compiles the addons; --backend cpu, for tiny networks, needs none of it`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Asks on the terminal; false without one. */
async function isAgreed(offer: string): Promise<boolean> {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY || !output.isTTY) return false;
  const terminal = createInterface({ input, output });
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve(''))); // end of input, Ctrl+C
  const answer = await Promise.race([terminal.question(`${offer}\nDo it now? [y/N] `), closed]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Runs the program of set-up, which tells its steps on standard error.
 *
 * @returns what it printed, if it is to be read
 * @throws Failure `backend` without a message, since set-up has told what is wrong
 */
export function runSetUp(options: readonly string[], output: 'show' | 'read' = 'show'): Promise<string> {
  return new Promise((resolve, reject) => {
    const stdout = output === 'read' ? 'pipe' : 2; // standard output is for the command's result
    const child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', stdout, 'inherit'] });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Failure('backend', []))));
  });
}
