/** Searches and trainings by several processes, through the program itself: the same result despite any failure. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readState } from '#jobs/runs/run-state';
import { inProcess } from '#test/cli/in-process';
import { type Ended, type ProgramOptions, program } from '#test/cli/program';
import { newFolder } from '#test/data/fixtures';
import { smallWorld } from '#test/tasks/search/small-world';
import { writeSmallTraining } from '#test/tasks/training/small-network';
import { endOf } from './ends.js';
import { atStep, signalAt } from './hooks.js';

let world: string;
const trainingFolder = writeSmallTraining(newFolder());

beforeAll(async () => {
  world = await smallWorld();
});

const settings = [
  'search.samplesPerStep=2',
  'search.select={bestOf: 3}',
  'search.logEvery=1',
  'search.checkpointEvery=4',
].flatMap((set) => ['--set', set]);

/** Runs `mnv4-nas search` with two samples a step, runs `a-coarse` and `a-fine` under `root`, one thread a process. */
function search(root: string, workers: number, options: ProgramOptions = {}): Promise<Ended> {
  const args = ['--run-id', 'a', '--root', root, '--threads', '1', '--workers', String(workers), ...settings];
  return program(['search', 'small.yaml', ...args], { cwd: world, ...options });
}

/** Makes worker 0 kill its child with SIGKILL as soon as it reports that a stage has reached a step. */
function childKilledAt(stage: string, step: number): ProgramOptions {
  const findChild = `
    import { readdirSync, readFileSync } from 'node:fs';
    const parentOf = (pid) => {
      try { return Number(readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ').at(-1).split(' ')[1]); }
      catch { return undefined; } // it has ended meanwhile
    };
    const child = () => readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).find((pid) => parentOf(pid) === process.pid);`;
  return atStep(stage, step, "process.kill(Number(child()), 'SIGKILL');", findChild);
}

/** Lists the processes that work in this test's folder. */
function processesHere(): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(`MNV4_HERE=${world}\0`);
    } catch {
      return false; // it has ended meanwhile, or is another user's
    }
  });
}

const here = (options: ProgramOptions = {}): ProgramOptions => ({ ...options, env: { MNV4_HERE: world } });

const lastLines = ({ stderr }: Ended, count: number) => stderr.trimEnd().split('\n').slice(-count);

describe('a search by two workers', { timeout: 120_000 }, () => {
  it('ends like one by a single process, although a worker dies, all are stopped, and worker 0 is killed', async () => {
    expect((await search('one', 1)).status).toBe(0);
    const root = join(world, 'two');
    const stageOf = (stage: string) => readState(join(root, `a-${stage}`));

    const died = await search('two', 2, here(childKilledAt('coarse', 6)));
    expect([died.status, died.stdout]).toEqual([5, '']);
    const [what, remedy] = lastLines(died, 2);
    expect(what).toBe('worker 1 of 2 was ended by SIGKILL before its work was done');
    expect(remedy).toMatch(/(the last checkpoint is kept|step \d+ is saved): run the same command again to resume$/);
    const { status, step: saved } = stageOf('coarse');
    expect(status).toBe('failed');
    expect(saved).toBe(Number(/step (\d+) is saved/.exec(remedy as string)?.[1] ?? 4)); // the last of every four
    expect(processesHere()).toEqual([]);

    const stopped = await search('two', 2, here(signalAt('fine', 2, 'SIGTERM')));
    expect(stopped.stderr).toContain(`a-coarse: resuming after step ${saved} of 12`);
    expect([stopped.status, stopped.stdout]).toEqual([75, '']);
    expect(lastLines(stopped, 2)[0]).toMatch(/^stopped on request after step \d+ of 12$/);
    expect(stageOf('fine').status).toBe('stopped');
    expect(processesHere()).toEqual([]);

    const killed = await search('two', 2, here(signalAt('fine', 9, 'SIGKILL')));
    expect([killed.status, killed.stdout]).toEqual([null, '']);
    await expect.poll(processesHere, { timeout: 10_000 }).toEqual([]);

    const ending = search('two', 2, here());
    await expect.poll(processesHere, { timeout: 10_000 }).toHaveLength(2);
    const ended = await ending;
    expect(ended.status).toBe(0);
    expect(ended.stderr).toContain('a-fine: resuming after step 8 of 12');
    expect(processesHere()).toEqual([]);
    expect(readdirSync('/dev/shm').filter((name) => name.startsWith('mnv4-nas-'))).toEqual([]);
    for (const stage of ['a-coarse', 'a-fine']) {
      expect(endOf(join(root, stage)), stage).toEqual(endOf(join(world, 'one', stage)));
    }
    expect(JSON.parse(readFileSync(join(root, 'a-fine', 'environment.json'), 'utf8'))).toMatchObject({
      workers: 2,
      threads: 1,
    });
  });
});

it('a training by two workers, with a moving average, ends like one by a single process', {
  timeout: 60_000,
}, async () => {
  const train = (root: string, workers: number) => {
    const flags = ['--run-id', 'a', '--root', root, '--threads', '1', '--workers', String(workers)];
    const set = ['--set', 'microBatches=2', '--set', 'ema.decay=0.9'];
    return program(['train', 'small.yaml', '--recipe', 'small.train.yaml', ...set, ...flags], {
      cwd: trainingFolder,
      ...here(),
    });
  };
  const ended = await Promise.all([train('alone', 1), train('shared', 2)]);
  expect(ended.map(({ status }) => status)).toEqual([0, 0]);
  expect(endOf(join(trainingFolder, 'shared', 'a'))).toEqual(endOf(join(trainingFolder, 'alone', 'a')));
  expect(processesHere()).toEqual([]);
});

describe('--workers', () => {
  const config = (...set: string[]) => ['coarse', 'small.yaml', '--dry-run', ...set.flatMap((each) => ['--set', each])];
  const training = ['train', 'small.yaml', '--recipe', 'small.train.yaml'];
  const cases: [what: string, args: string[], status: number, told: RegExp][] = [
    [
      'no number',
      [...config(), '--workers', '0'],
      2,
      /'--workers <n>' argument '0' is invalid. expected a whole number from 1 to 1024/,
    ],
    [
      'more than samples',
      [...config('search.samplesPerStep=2'), '--workers', '3'],
      2,
      /^--workers: expected at most 2, the samplesPerStep; got 3$/m,
    ],
    [
      'more than samples, in the config',
      config('search.samplesPerStep=2', 'workers=3'),
      3,
      /^--set workers=3: workers: expected at most 2, the samplesPerStep; got 3$/m,
    ],
    [
      'more than micro-batches',
      [...training, '--workers', '2'],
      2,
      /^--workers: expected at most 1, the micro-batches of the recipe; got 2$/m,
    ],
    [
      'uneven micro-batches',
      [...training, '--set', 'microBatches=5'],
      3,
      /microBatches: expected a divisor of the batch of 24; got 5$/m,
    ],
  ];
  it.each(cases)('of %s is refused', async (_, args, status, told) => {
    const ended = await inProcess(args, { cwd: args[0] === 'train' ? trainingFolder : world });
    expect([ended.status, ended.stdout]).toEqual([status, '']);
    expect(ended.stderr).toMatch(told);
  });

  it('is by default the number of cores, at most the samples of a step, and the threads divide the cores', async () => {
    const planned = async (...set: string[]) =>
      JSON.parse((await program([...config(...set), '--json'], { cwd: world })).stdout)[0];
    const { workers, threads } = await planned('search.samplesPerStep=2');
    const alone = await planned();
    expect(workers).toBe(Math.min(2, alone.threads));
    expect(alone.workers).toBe(1);
    expect(threads).toBe(Math.max(1, Math.floor(alone.threads / workers)));
  });
});
