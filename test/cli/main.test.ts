/** The program as a process: its help, its answers to mistakes, its exit codes. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inProcess } from './in-process.js';
import { type Ended, entry, program } from './program.js';

/** Makes the program exit with 99 if it has loaded a package of TensorFlow, or koffi, which calls MPI. */
const watching = [
  '--import',
  `data:text/javascript,import m from 'node:module';process.on('exit',()=>{if(Object.keys(m._cache).some((f)=>/tfjs_binding|@tensorflow|koffi/.test(f)))process.exitCode=99})`,
];

/** Returns the commands that a help text lists. */
function listed(help: string): string[] {
  const [, commands = ''] = (help.split('Examples:')[0] as string).split('Commands:');
  return [...commands.matchAll(/^ {2}([a-z]\S*)/gm)]
    .map(([, name]) => name as string)
    .filter((name) => name !== 'help');
}

function helpOf({ status, stdout, stderr }: Ended): string {
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** Returns the help of each command, all from one process, since loading the program takes a second. */
async function helpsOf(paths: readonly string[][]): Promise<string[]> {
  const script = `
    const { run } = await import(${JSON.stringify(pathToFileURL(resolve('dist/cli/program.js')).href)});
    for (const path of ${JSON.stringify(paths)}) {
      process.exitCode ||= await run(['node', 'mnv4-nas', ...path, '--help']);
      process.stdout.write('\\f');
    }`;
  const args = [...watching, '--input-type=module', '-e', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return helpOf({ status, stdout, stderr }).split('\f').slice(0, -1);
}

describe('--help', { timeout: 120_000 }, () => {
  it('of every command exits with 0, names its options and loads neither TensorFlow nor koffi', async () => {
    const help = helpOf(await program(['--help'], { node: watching }));
    const commands = listed(help);
    expect(commands).toEqual([
      'init',
      'coarse',
      'fine',
      'search',
      'study',
      'rank',
      'train',
      'eval',
      'export',
      'dataset',
      'describe',
      'measure',
      'roofline',
      'calibrate',
      'runs',
      'job',
      'validate',
      'completion',
      'setup',
      'doctor',
    ]);
    const nested = [
      ...['fetch', 'inspect', 'build', 'info', 'verify'].map((name) => ['dataset', name]),
      ...['list', 'show', 'watch', 'serve', 'report', 'export', 'prune'].map((name) => ['runs', name]),
      ...['slurm', 'k8s'].map((name) => ['job', name]),
    ];
    const paths = [...commands.map((name) => [name]), ...nested];
    const helps = await helpsOf(paths);
    for (const [i, path] of paths.entries()) {
      expect(helps[i]).toMatch(new RegExp(`^Usage: mnv4-nas ${path.join(' ')}`));
      expect(helps[i]).toContain('-h, --help');
    }
    expect(listed(helps[commands.indexOf('dataset')] as string)).toEqual([
      'fetch',
      'inspect',
      'build',
      'preview',
      'info',
      'verify',
    ]);
    expect(listed(helps[commands.indexOf('runs')] as string)).toEqual([
      'list',
      'show',
      'watch',
      'serve',
      'report',
      'export',
      'prune',
    ]);
    expect(listed(helps[commands.indexOf('job')] as string)).toEqual(['slurm', 'k8s']);
  });

  it('would notice if TensorFlow were loaded: doctor loads it', async () => {
    expect((await program(['doctor'], { node: watching })).status).toBe(99);
  });
});

describe('a mistake on the command line', () => {
  // `npm run proof:mistakes` makes many more of them.
  it.each([
    [['coarze', 'c.yaml'], "error: unknown command 'coarze'\n(Did you mean coarse?)"],
    [['coarse', 'c.yaml', '--dry-rum'], "error: unknown option '--dry-rum'\n(Did you mean --dry-run?)"],
    [['coarse', 'c.yaml', '--threads', '0'], 'expected a whole number from 1 to 1024'],
    [
      ['coarse', 'configs/quickstart.yaml', '--dry-run', '--run-id', '..'],
      '--run-id: expected up to 100 letters, digits',
    ],
    [
      ['search', 'configs/quickstart.yaml', '--dry-run', '--seeds', '2', '--run-id', 'r'.repeat(90)],
      '--run-id: expected up to 100 letters, digits',
    ],
    [['fine', 'configs/quickstart.yaml'], 'fine: expected either --from RUN or --base NETWORK; got neither'],
  ])('%j exits with 2 and one message', async (args, message) => {
    const { status, stdout, stderr } = await inProcess(args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect([status, stdout]).toEqual([2, '']);
  });

  it('that names no command shows the list of commands', async () => {
    const { status, stderr } = await program([]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^ {2}coarse +search filter sizes/m);
  });
});

it('--version is the version of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await program(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

it('a reader that closes standard output early is no error', () => {
  const shell = `set -o pipefail; "${process.execPath}" "${entry}" validate --schema space | head -n 1`;
  const { status, stdout } = spawnSync('bash', ['-c', shell], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, '{\n']);
});

describe.runIf(existsSync('/dev/full'))('standard output', () => {
  const describing = (redirection: string) =>
    program(['describe', 'mnv4-conv-s'], { under: ['sh', '-c', `"$@" ${redirection}`, 'sh'] });

  it('that cannot be written ends the program with 4 and a message', async () => {
    const { status, stderr } = await describing('>/dev/full');
    expect([status, stderr]).toEqual([
      4,
      'standard output: could not write the result: no space left on the disk (ENOSPC)\n',
    ]);
  });

  it('that its reader closes early is no failure', async () => {
    const { stdout, stderr } = await describing('| head -n 1');
    expect([stdout.startsWith('mnv4-conv-s'), stderr]).toEqual([true, '']);
  });
});
