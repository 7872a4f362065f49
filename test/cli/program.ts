/** The built program as a child process, as a user runs it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** The entry point of the build, which the set-up of every `npm test` brings up to date. */
export const entry = resolve('dist/cli/main.js');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments for Node itself. */
  readonly node?: readonly string[];
  /** A command that runs the program, such as `sh -c '"$@"' sh`. */
  readonly under?: readonly string[];
}

/** Runs `mnv4-nas ARGS` to its end without a terminal, so without a progress line, and as if not under `npx`. */
export function program(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const { cwd = process.cwd(), env = {}, node = [], under = [] } = options;
  const [command, ...all] = [...under, process.execPath, ...node, entry, ...args] as [string, ...string[]];
  return new Promise((done, failed) => {
    const child = spawn(command, all, { cwd, env: { ...process.env, npm_command: '', ...env } });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    child.on('error', failed);
    child.on('close', (status) => done({ status, ...texts }));
  });
}
