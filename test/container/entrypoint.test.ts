import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder } from '#test/data/fixtures';

const entrypoint = resolve('container/entrypoint.sh');

/** A stand-in for the program: prints its arguments, then ends with their number, or waits and ends with 75 if asked. */
const program = `
const [, , ...args] = process.argv;
for (const signal of ['SIGTERM', 'SIGUSR1']) process.on(signal, () => { console.log(signal); process.exit(75); });
console.log(JSON.stringify(args));
if (args[0] === 'wait') setTimeout(() => {}, 60_000); else process.exitCode = args.length === 9 ? 9 : 0;
`;
/** A stand-in for mpirun, with the options before the command on a line of output; passes on signals. */
const mpirun = `#!/bin/sh
while [ "$1" != "${entrypoint}" ]; do options="$options $1"; shift; done
echo "mpirun$options"
exec "$@"
`;

/** A stand-in for sshd, under which a rank of the program has started. */
const sshd = `#!/bin/sh
node "$MNV4_HOME/dist/cli/main.js" wait &
exec sleep 60
`;

function world() {
  const folder = newFolder();
  mkdirSync(join(folder, 'dist/cli'), { recursive: true });
  writeFileSync(join(folder, 'dist/cli/main.js'), program);
  writeFileSync(join(folder, 'package.json'), '{}');
  for (const [name, text] of Object.entries({ mpirun, sshd })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const lists = { 0: 'search\na b\n--set\n$(x)="*"\n', 1: 'wait\n', first: 'coarse\nx\n', second: 'fine\ny\n' };
  for (const [name, text] of Object.entries(lists)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Runs the entry point; once it has printed something that contains `at`, sends it the signal. */
function run(
  folder: string,
  args: readonly string[],
  given: { env?: object; signal?: NodeJS.Signals; at?: string } = {},
) {
  const { env, signal = 'SIGTERM', at } = given;
  const path = `${folder}:${process.env['PATH']}`;
  const child = spawn(entrypoint, args, { env: { ...process.env, MNV4_HOME: folder, PATH: path, ...env } });
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((done, failed) => {
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => {
      const before = texts.stdout;
      texts.stdout += text;
      if (at !== undefined && !before.includes(at) && texts.stdout.includes(at)) child.kill(signal);
    });
    child.stderr.on('data', (text) => {
      texts.stderr += text;
    });
    child.on('error', failed);
    child.on('close', (status) => done({ status, ...texts }));
  });
}

describe('the entry point of the image', () => {
  const folder = world();

  it('starts the program with its arguments and ends with its exit code', async () => {
    const args = ['one', 'a b', '', '$x', '*', "'", '"', '-n', '\\'];
    expect(await run(folder, args)).toEqual({ status: 9, stdout: `${JSON.stringify(args)}\n`, stderr: '' });
  });

  it('takes the arguments of its index from a file, before the given ones', async () => {
    const env = { JOB_COMPLETION_INDEX: '0' };
    const { stdout } = await run(folder, ['indexed', folder, '--root', '/data/my runs'], { env });
    expect(JSON.parse(stdout)).toEqual(['search', 'a b', '--set', '$(x)="*"', '--root', '/data/my runs']);
  });

  it('is replaced by the program, so that SIGTERM reaches it and 75 comes back', async () => {
    const env = { JOB_COMPLETION_INDEX: '1' };
    const { status, stdout } = await run(folder, ['indexed', folder], { env, at: 'wait' });
    expect([status, stdout]).toEqual([75, '["wait"]\nSIGTERM\n']);
  });

  it.each([
    [['indexed'], {}, 'expected a folder after indexed; got none'],
    [['indexed', '/nowhere'], { JOB_COMPLETION_INDEX: '' }, 'as an indexed Job sets it; got none'],
    [['indexed', '/nowhere'], { JOB_COMPLETION_INDEX: '7' }, 'expected a file of arguments; got /nowhere/7'],
    [['ranks', '2'], {}, 'expected a number and files after ranks; got fewer'],
  ])('refuses %j in %j with exit code 2', async (args, env, message) => {
    const { status, stderr } = await run(folder, args, { env });
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('runs the commands of several files in turn on all ranks', async () => {
    const { status, stdout } = await run(folder, ['ranks', '3', join(folder, 'first'), join(folder, 'second')]);
    const options = 'mpirun -n 3 --bind-to none -x MNV4_CACHE -x TMPDIR';
    expect([status, stdout.split('\n')]).toEqual([0, [options, '["coarse","x"]', options, '["fine","y"]', '']]);
  });

  it('asks the ranks to stop by SIGUSR1 on SIGTERM, and starts no further command', async () => {
    const { status, stdout } = await run(folder, ['ranks', '3', join(folder, '1'), join(folder, 'second')], {
      at: 'wait',
    });
    expect([status, stdout.split('\n').slice(1)]).toEqual([75, ['["wait"]', 'SIGUSR1', '']]);
  });

  it('ends with the exit code of a command that failed, without the ones after it', async () => {
    writeFileSync(join(folder, 'nine'), '1\n2\n3\n4\n5\n6\n7\n8\n9\n');
    const { status, stdout } = await run(folder, ['ranks', '2', join(folder, 'nine'), join(folder, 'second')]);
    expect([status, stdout.includes('fine')]).toEqual([9, false]);
  });

  it('as a host of ranks asks them to stop on SIGTERM, and ends sshd once they have', async () => {
    const { status, stdout } = await run(folder, ['rank-host'], { at: 'wait' });
    expect([status, stdout]).toEqual([143, '["wait"]\nSIGUSR1\n']);
  });
});
