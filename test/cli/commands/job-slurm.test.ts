import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { inProcess } from '#test/cli/in-process';
import { newFolder } from '#test/data/fixtures';
import { smallConfig, smallSpace } from '#test/tasks/search/small-world';

let world: string;

beforeEach(() => {
  world = newFolder();
  writeFileSync(join(world, 'small.yaml'), smallConfig);
  writeFileSync(join(world, 'small.coarse.yaml'), smallSpace);
});

const jobSlurm = (...args: string[]) => inProcess(['job', 'slurm', 'small.yaml', ...args], { cwd: world });

/** Puts a program in place of sbatch. */
function withSbatch(lines: string) {
  const bin = join(world, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'sbatch'), `#!/bin/sh\n${lines}\n`);
  chmodSync(join(bin, 'sbatch'), 0o755);
  return { PATH: `${bin}:${process.env['PATH']}` };
}

describe('job slurm', () => {
  it('writes a project, and says that the distillation set is missing', async () => {
    const { status, stdout, stderr } = await jobSlurm('--seeds', '2', '--targets', '9000,12000', '--json');
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      {
        name: 'small',
        folder: 'small-slurm',
        files: ['coarse.sbatch', 'fine.sbatch', 'submit.sh'],
        root: join(world, 'runs'),
        runs: ['coarse', 'fine'].flatMap((stage) =>
          [3, 4].flatMap((seed) => [9000, 12000].map((target) => `small-seed-${seed}-target-${target}-${stage}`)),
        ),
        submitted: null,
      },
    ]);
    expect(JSON.parse(stderr)).toMatchObject({ level: 'warn', msg: expect.stringContaining('the jobs need it') });
    expect(existsSync(join(world, 'small-slurm', 'coarse.sbatch'))).toBe(true);
    const again = await jobSlurm();
    expect(again.stderr).toContain('small-slurm: expected a folder that is not there yet');
  });

  it.each([
    ['--targets 9000,9000', 2, 'expected different numbers above 0, separated by commas'],
    ['--targets 9000,x', 2, 'expected different numbers above 0, separated by commas'],
    ['--targets 1e30', 3, 'cost[0].target: expected a number of MACs from 1e-6 to 1e18'],
    ['--time 4h', 2, "expected a time limit in Slurm's notation"],
    ['--time 3', 2, '--time: expected more than 180 s, a minute more than --lead; got 3'],
    ['--nodes 2', 2, '--nodes: expected at most 1, the workers of a stage; got 2'],
    ['--sbatch partition=cpu', 2, 'expected an option of sbatch, such as --partition=cpu'],
    ['--submit', 4, 'set'],
  ])('refuses %s before it writes anything', async (args, status, message) => {
    const ended = await jobSlurm(...args.split(' '));
    expect([ended.status, ended.stdout]).toEqual([status, '']);
    expect(ended.stderr).toContain(message);
    expect(existsSync(join(world, 'small-slurm'))).toBe(false);
  });
});

describe('submitting a project', () => {
  it('returns the id of each array, or says what sbatch refused', async () => {
    const { submit } = await import('#cli/commands/job/submit');
    await jobSlurm();
    const folder = join(world, 'small-slurm');
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = withSbatch('echo "17;cluster"').PATH;
      expect(await submit(folder)).toEqual([
        { kind: 'coarse', job: '17' },
        { kind: 'fine', job: '17' },
      ]);
      withSbatch('case $* in *fine*) echo "sbatch: error: no such partition" >&2; exit 1;; esac; echo 18');
      const script = join(folder, 'submit.sh');
      await expect(submit(folder)).rejects.toMatchObject({
        kind: 'usage',
        message: `${script}: could not submit the jobs: sbatch: error: no such partition`,
        remedy: `cancel what was submitted (coarse 18), then correct the options of sbatch and run sh ${script}`,
      });
    } finally {
      process.env['PATH'] = path;
    }
  });
});
