// @ts-check
/** Output of set-up: one line per step on standard error, and failures with a remedy. */
import { spawn } from 'node:child_process';

/** The failure of a step; printed without a stack trace, exit code 5. */
export class SetupFailure extends Error {
  /**
   * @param {string} problem
   * @param {string} remedy   what the user can do
   * @param {readonly string[]} [attempts]  what was tried, each with its error
   */
  constructor(problem, remedy, attempts = []) {
    super(problem);
    this.remedy = remedy;
    this.attempts = attempts;
  }
}

/** @typedef {(text: string) => void} Progress */

/**
 * Runs `work` and reports it on one line: the title at once, its result and time at the end.
 *
 * @template T
 * @param {string} title
 * @param {(progress: Progress) => Promise<T> | T} work  may report progress, shown on a terminal only
 * @param {(result: T) => string} [describe]
 * @returns {Promise<T>}
 */
export async function step(title, work, describe = () => '') {
  const { stderr } = process;
  const start = performance.now();
  stderr.write(`set-up: ${title} … `);
  try {
    const result = await work((text) => stderr.isTTY && stderr.write(`\r\x1b[Kset-up: ${title} … ${text}`));
    if (stderr.isTTY) stderr.write(`\r\x1b[Kset-up: ${title} … `);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    stderr.write(`${[describe(result), `${seconds} s`].filter(Boolean).join(', ')}\n`);
    return result;
  } catch (error) {
    stderr.write('failed\n');
    throw error;
  }
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Runs a command.
 *
 * @param {readonly string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<string>} standard output
 * @throws Error with the most informative line of its output
 */
export function run([file = '', ...args], { cwd, env, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', (error) => {
      const missing = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
      reject(missing ? new Error(`${file}: not found`) : error);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(tellingLine(errors || output) || `${file} ended with ${signal ?? code}`));
    });
  });
}

/** Patterns of the most informative line in the output of pip, npm, compilers and Node, best first. */
const tellingPatterns = [
  /connection|unreachable|resolve host|refused|timed out|certificate|ENOTFOUND|ECONNRESET/i,
  /cannot find|\bENOSPC\b|no space left/i,
  /^\w*error: /i,
  /\berror\b|fatal|no module named|not found/i,
];

/** The line of a tool's output that names the error, without credentials in addresses. @param {string} output */
function tellingLine(output) {
  const lines = output
    .split('\n')
    .map((line) => line.trim().replace(/^npm (error|ERR!) ?/, ''))
    .filter((line) => line !== '' && !/^(code|errno|syscall) /.test(line));
  const telling = tellingPatterns.map((pattern) => lines.find((line) => pattern.test(line))).find(Boolean);
  return (telling ?? lines.at(-1) ?? '')
    .replace(/^WARNING: Retrying .*? after /, '')
    .replace(/<[^>]* object at 0x[0-9a-f]+>:? ?/g, '')
    .replace(/\/\/[^/@\s]+@/g, '//')
    .slice(0, 300);
}
