/** Runs a command of the program in the process of the test, for tests of its result rather than of its process. */
import { vi } from 'vitest';
import { run } from '#cli/program';
import type { Ended } from './program.js';

export interface InProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs `mnv4-nas ARGS` after the earlier runs have ended, since all share the folder, environment and streams. */
export function inProcess(args: readonly string[], options: InProcessOptions = {}): Promise<Ended> {
  const ended = last.then(() => ran(args, options));
  last = ended.catch(() => {});
  return ended;
}

async function ran(args: readonly string[], { cwd = process.cwd(), env = {} }: InProcessOptions): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  const before = { folder: process.cwd(), env: { ...process.env }, exitCode: process.exitCode };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      texts[name] += String(text);
      return true;
    }),
  );
  try {
    process.chdir(cwd);
    Object.assign(process.env, env);
    process.exitCode = undefined;
    return { status: await run(['node', 'mnv4-nas', ...args]), ...texts };
  } finally {
    process.exitCode = before.exitCode;
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before.env);
    process.chdir(before.folder);
    for (const spy of spies) spy.mockRestore();
  }
}
