/** Runs models of LiteRT in the runtime of their users, which on computers is a Python package. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Failure } from '#core/failure';
import { isInstalledPackage, setUpCommand } from '#core/files/package-folder';
import { isInstalled, pythonEnvironment } from './python-environment.js';

export const litertEnvironment = () => pythonEnvironment('litert', { 'ai-edge-litert': '2.3.0', numpy: '2.4.2' });

export interface LitertLogits {
  /** Name, version and interfaces. */
  readonly runtime: string;
  /** Logits [n, K] by the interpreter with XNNPACK and, for all ways, by its built-in kernels and the compiled model. */
  readonly logits: readonly Float32Array[];
  /** Operators of the model that XNNPACK executes, and all. */
  readonly delegated: { readonly to: string; readonly ops: number; readonly of: number };
}

/** The program that runs LiteRT, in the source even when the build runs. */
const program = fileURLToPath(new URL('../../../src/data/runtimes/litert.py', import.meta.url));
const mostOutput = 2 ** 30; // bytes of JSON
const install = () => `run ${isInstalledPackage() ? setUpCommand('--litert') : '`npm run litert:install`'}`;

/** Requires that LiteRT is installed; a backend failure if it is not. */
export function requireLitert(): void {
  if (isInstalled(litertEnvironment())) return;
  throw new Failure('backend', 'LiteRT is not installed', install());
}

/**
 * Computes logits of images with a model's signature `serving_default`, `batch` images at a time.
 *
 * @param pixels  input of the network [n, H, W, C], n a multiple of `batch`
 * @param ways    by all interfaces, or by the interpreter with XNNPACK alone, as most users run it
 */
export function litertLogits(
  file: string,
  pixels: Float32Array,
  batch: number,
  ways: 'all' | 'xnnpack' = 'all',
): LitertLogits {
  requireLitert();
  const { python } = litertEnvironment();
  const input = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const run = spawnSync(python, ['-B', program, file, String(batch), ways], {
    input,
    encoding: 'utf8',
    maxBuffer: mostOutput,
  });
  if (run.status !== 0) {
    const told = run.error?.message ?? `ended with ${run.signal ?? run.status}: ${lastLine(run.stderr)}`;
    throw litertFailure(file, told);
  }
  const { version, logits, ops, delegated } = JSON.parse(run.stdout) as Answer;
  return {
    runtime: `LiteRT ${version} (${interfaces[ways]})`,
    logits: logits.map((values) => Float32Array.from(values)),
    delegated: { to: 'XNNPACK', ops: delegated, of: ops },
  };
}

/** Returns the failure of a model that LiteRT does not run; of what it told, the last line is shown. */
export function litertFailure(file: string, told: string): Failure {
  const { folder } = litertEnvironment();
  const message = `LiteRT does not run it: ${lastLine(told)}`;
  return new Failure('backend', { file, message }, `remove ${folder} and ${install()}`);
}

const interfaces = {
  all: 'Interpreter with and without XNNPACK, CompiledModel',
  xnnpack: 'Interpreter with XNNPACK',
};

/** The JSON that the program prints. */
interface Answer {
  readonly version: string;
  readonly logits: readonly (readonly number[])[];
  readonly ops: number;
  readonly delegated: number;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
