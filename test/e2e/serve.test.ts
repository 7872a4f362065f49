/** `runs serve` as a user starts and ends it. */
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { entry } from '#test/cli/program';
import { temporaryFolder } from '#test/jobs/runs/run-fixture';

it.each(['SIGINT', 'SIGTERM'] as const)(
  'serves until %s, and exits with 0 though a browser is connected',
  {
    timeout: 120_000,
  },
  async (signal) => {
    const args = [entry, 'runs', 'serve', '--root', temporaryFolder(), '--port', '0'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.on('exit', (status, by) => resolve(status ?? by)));
    const told = await new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text))));
    const [address = ''] = told.split(' ');
    const response = await fetch(`${address}api/runs`);
    expect(await response.json()).toEqual([]); // the connection is kept alive
    child.kill(signal);
    expect(await ended).toBe(0);
  },
);
