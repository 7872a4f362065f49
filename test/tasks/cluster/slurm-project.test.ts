/** The written scripts, run by a shell with programs in place of Slurm's that note how they were called. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobPlan } from '#tasks/cluster/job-plan';
import { type SlurmSettings, slurmProject } from '#tasks/cluster/slurm-project';
import { newFolder } from '#test/data/fixtures';

const workers = { count: 3, threads: 2 };
const jobs = (kind: string) =>
  [3, 4].map((seed) => ({
    runId: `a-${seed}-${kind}`,
    arguments: [kind, "/shared/it's mine.yaml", '--seed', `${seed}`],
  }));
const plan: JobPlan = {
  name: 'a',
  arrays: (['coarse', 'fine', 'train'] as const).map((kind) => ({ kind, workers, jobs: jobs(kind) })),
};

/** Writes the project into a new folder, with programs that note their calls; `more` are lines of srun and squeue. */
function written(changes: Partial<SlurmSettings> = {}, more: { srun?: string; squeue?: string } = {}) {
  const folder = newFolder();
  const settings = {
    program: ['node', 'main.js'],
    root: join(folder, 'all runs'),
    nodes: 1,
    leadSeconds: 120,
    options: [],
  };
  const files = slurmProject(plan, { ...settings, ...changes });
  for (const { name, content } of files) writeFileSync(join(folder, name), content as string);
  const programs = {
    srun: more.srun ?? '',
    squeue: more.squeue ?? 'echo RUNNING',
    scontrol: '',
    sbatch: 'echo "17;cluster"',
  };
  mkdirSync(join(folder, 'bin'));
  for (const [name, line] of Object.entries(programs)) {
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n{ printf '%s|' ${name} "$@"; echo; } >> "${folder}/calls"\n${line}\n`);
    chmodSync(file, 0o755);
  }
  return { folder, files: Object.fromEntries(files.map(({ name, content }) => [name, content as string])) };
}

/** Runs a script as task 1 of array 5, and returns its exit code and the calls of Slurm's programs. */
function ran(folder: string, script: string, ...args: string[]) {
  const slurm = { SLURM_ARRAY_JOB_ID: '5', SLURM_ARRAY_TASK_ID: '1' };
  const env = { ...slurm, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
  const { status, stdout, stderr } = spawnSync('sh', [script, ...args], { cwd: '/', env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return { status, stdout, calls: readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n') };
}

function ranTask(more: { srun?: string; squeue?: string }) {
  const { folder } = written({}, more);
  return ran(folder, join(folder, 'fine.sbatch'));
}

const requeued = 'scontrol|requeue|5_1|';

describe('the script of an array', () => {
  it('asks for its tasks, processors and signal, then for what the user adds', () => {
    const { files } = written({ time: '4:00:00', options: ['--partition=cpu'] });
    const asked = (name: string) => files[name]?.match(/(?<=^#SBATCH ).*/gm);
    const [coarse, train] = [asked('coarse.sbatch'), asked('train.sbatch')];
    expect(coarse?.slice(0, 7)).toEqual([
      '--job-name=a-coarse',
      '--array=0-1',
      ...['--nodes=1', '--ntasks=1', '--cpus-per-task=6'],
      ...['--time=4:00:00', '--signal=USR1@120'],
    ]);
    expect(coarse?.slice(-4)).toEqual([
      '--kill-on-invalid-dep=yes',
      '--open-mode=append',
      '--output=logs/%x-%A_%a.log',
      '--partition=cpu',
    ]);
    expect(coarse).toContain('--requeue');
    expect(train?.[4]).toBe('--cpus-per-task=6');
  });

  it('makes each worker a rank if there are several nodes, except for the training', () => {
    const { files } = written({ nodes: 2 });
    const steps = (name: string) => files[name]?.match(/^srun.*(?= node)/m)?.[0];
    expect(steps('fine.sbatch')).toBe('srun --mpi=pmix --nodes=2 --ntasks=3 --cpus-per-task=2');
    expect(steps('train.sbatch')).toBe('srun --mpi=none --nodes=1 --ntasks=1 --cpus-per-task=6');
  });

  it("runs its task's command, word by word, and passes on its exit code", () => {
    const options = '--mpi=none|--nodes=1|--ntasks=1|--cpus-per-task=6';
    const { status, calls, stdout } = ranTask({ srun: 'exit 6' });
    expect(calls).toEqual([`srun|${options}|node|main.js|fine|/shared/it's mine.yaml|--seed|4|`]);
    expect(status).toBe(6);
    expect(stdout).toMatch(/task 5_1: a-4-fine on .+, restart 0\n.+ task 5_1: exit code 6\n$/);
    expect(ranTask({}).status).toBe(0);
  });

  it('queues a task again by its own name if it saved and stopped', () => {
    const { status, calls } = ranTask({ srun: 'exit 75' });
    expect([status, calls.at(-1)]).toEqual([75, requeued]);
  });

  it('outlives the signals that reach the program too', () => {
    const { status, calls } = ranTask({ srun: 'kill -TERM $PPID; kill -USR1 $PPID; exit 75' });
    expect([status, calls.at(-1)]).toEqual([75, requeued]);
  });

  it.each(['COMPLETING', 'CANCELLED', ''])('leaves a task alone that Slurm itself ends, in state %j', (state) => {
    const { status, calls } = ranTask({ srun: 'exit 75', squeue: `echo ${state}` });
    expect([status, calls.at(-1)]).toEqual([75, 'squeue|--noheader|--jobs=5_1|--format=%T|']);
  });

  it('queues a task again while another process holds its run, but not for a lock that was left', () => {
    const { folder } = written({}, { srun: 'exit 2' });
    const lock = join(folder, 'all runs', 'a-4-fine', 'run.lock');
    const script = join(folder, 'fine.sbatch');
    expect(ran(folder, script)).toMatchObject({ status: 2 });
    mkdirSync(join(folder, 'all runs', 'a-4-fine'), { recursive: true });
    writeFileSync(lock, '');
    const held = ran(folder, script);
    expect([held.status, held.calls.at(-1)]).toEqual([75, requeued]);
    const before = new Date(Date.now() - 600_000);
    utimesSync(lock, before, before);
    expect(ran(folder, script).status).toBe(2);
  });
});

describe('submit.sh', () => {
  it('makes each task wait for the same task before, and passes arguments on to sbatch', () => {
    const { folder } = written();
    const { status, stdout, calls } = ran(folder, join(folder, 'submit.sh'), '--partition=a b');
    expect([status, stdout]).toEqual([0, 'coarse 17\nfine 17\ntrain 17\n']);
    expect(calls).toEqual([
      'sbatch|--parsable|--partition=a b|coarse.sbatch|',
      ...['fine', 'train'].map((kind) => `sbatch|--parsable|--dependency=aftercorr:17|--partition=a b|${kind}.sbatch|`),
    ]);
  });
});
