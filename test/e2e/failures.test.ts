/** Failures of a run, through the program itself: a clear error and its exit code, and nothing lost or damaged. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stopSignals } from '#core/machine/stop-signals';
import { readState } from '#jobs/runs/run-state';
import { inProcess } from '#test/cli/in-process';
import { type Ended, entry, type ProgramOptions, program } from '#test/cli/program';
import { smallWorld } from '#test/tasks/search/small-world';
import { endOf } from './ends.js';
import { atStep, fullAt, signalAt } from './hooks.js';

let world: string;

const settings = ['search.logEvery=1', 'search.checkpointEvery=4'].flatMap((set) => ['--set', set]);
const coarse = (root: string, ...more: string[]) => {
  return ['coarse', 'small.yaml', '--run-id', 'a', '--root', root, '--threads', '1', ...settings, ...more];
};

/** Runs `mnv4-nas coarse` as a process: 12 steps, one thread, run `a` under `root`. */
function started(root: string, options: ProgramOptions = {}): Promise<Ended> {
  return program(coarse(root), { cwd: world, ...options });
}

/** Runs the same command in this process, for tests where that makes no difference. */
function search(root: string, ...more: string[]): Promise<Ended> {
  return inProcess(coarse(root, ...more), { cwd: world });
}

const folderOf = (root: string) => join(world, root, 'a');
const checkpoint = (root: string, step: number, ...names: string[]) => {
  return join(folderOf(root), 'checkpoints', `step-${`${step}`.padStart(6, '0')}`, ...names);
};
const checkpoints = (root: string) => readdirSync(join(folderOf(root), 'checkpoints')).sort();
/** Names of a run's files, without those for TensorBoard, of which each process writes one. */
const namesIn = (root: string) =>
  readdirSync(folderOf(root))
    .filter((name) => !name.includes('tfevents'))
    .sort();
const lastLines = ({ stderr }: Ended, count: number) => stderr.trimEnd().split('\n').slice(-count);

/** Copies a run that was killed after its checkpoints of steps 4 and 8. */
function killedAt9(root: string): void {
  cpSync(join(world, 'killed'), join(world, root), { recursive: true });
}

/** Expects that the same command brings the run to the end of an undisturbed one. */
async function expectSameEnd(root: string, from: number): Promise<Ended> {
  const ended = await search(root);
  expect([ended.status, ended.status === 0 ? '' : ended.stderr]).toEqual([0, '']);
  if (from > 0) expect(ended.stderr).toContain(`a: resuming after step ${from} of 12`);
  expect(endOf(folderOf(root))).toEqual(endOf(folderOf('whole')));
  expect(namesIn(root)).toEqual(namesIn('whole'));
  return ended;
}

beforeAll(async () => {
  world = await smallWorld();
  const [whole, killed] = await Promise.all([started('whole'), started('killed', signalAt('coarse', 9, 'SIGKILL'))]);
  expect([whole.status, killed.status]).toEqual([0, null]);
});

describe('a disk that is full', { timeout: 120_000 }, () => {
  it('for the lines of a log ends the run with 4, leaves no half line, and the run can be resumed', async () => {
    const full = await started('log', fullAt('events.jsonl', 6, false));
    expect([full.status, full.stdout]).toEqual([4, '']);
    const [what, remedy] = lastLines(full, 2);
    expect(what).toMatch(/^log\/a\/events\.jsonl: could not append \d+ bytes: no space left on the disk \(ENOSPC\)$/);
    expect(remedy).toBe('what to do: free some space, then run the same command again: what is finished is kept');
    expect(readState(folderOf('log'))).toMatchObject({ status: 'failed', step: 4 });
    expect(
      readFileSync(join(folderOf('log'), 'events.jsonl'), 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(5);
    await expectSameEnd('log', 4);
  });

  it('for a checkpoint and everything after it leaves the previous one, from which the run resumes', async () => {
    const full = await started('checkpoint', fullAt('step-000008.part/weights.safetensors', 3, true));
    expect(full.status).toBe(4);
    expect(lastLines(full, 2)[0]).toMatch(
      /^checkpoint\/a\/checkpoints\/step-000008: could not write a checkpoint: no space/,
    );
    expect(checkpoints('checkpoint')).toEqual(['step-000004']);
    await expectSameEnd('checkpoint', 4);
  });

  it.runIf(process.platform === 'linux')('by a limit on the size of files is reported as that limit', async () => {
    killedAt9('limit');
    const sixteenToThirtyTwoKb = ['sh', '-c', 'ulimit -f 32; exec "$@"', 'sh'];
    const full = await started('limit', { under: sixteenToThirtyTwoKb });
    expect(full.status).toBe(4);
    expect(lastLines(full, 2)).toEqual([
      'limit/a/checkpoints/step-000012: could not write a checkpoint: a file larger than allowed (EFBIG)',
      'what to do: raise the limit (ulimit -f), then run the same command again: what is finished is kept',
    ]);
    expect(checkpoints('limit')).toEqual(['step-000004', 'step-000008']);
    await expectSameEnd('limit', 8);
  });
});

describe.runIf(existsSync('/dev/full'))('a closed terminal or reader', { timeout: 120_000 }, () => {
  it('does not end the run', async () => {
    const unheard = await started('unheard', { under: ['sh', '-c', '"$@" 2>/dev/full', 'sh'] });
    expect(unheard.status).toBe(0);
    expect(endOf(folderOf('unheard'))).toEqual(endOf(folderOf('whole')));
  });
});

/** Node as a user bound by permissions: root without the capability to override them. */
const bound = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override'] : [];
const canBeBound = bound.length === 0 || spawnSync(bound[0] as string, [...bound.slice(1), 'true']).status === 0;

describe.runIf(canBeBound)('a folder that may not be written', { timeout: 120_000 }, () => {
  const readOnly = (root: string, ...names: string[]) => {
    const folder = join(folderOf(root), ...names);
    chmodSync(folder, 0o555);
    return () => chmodSync(folder, 0o755);
  };

  it('is reported before anything is computed, and the run is unchanged', async () => {
    killedAt9('locked');
    const allow = readOnly('locked');
    const refused = await started('locked', { under: bound });
    expect([refused.status, ...lastLines(refused, 2)]).toEqual([
      4,
      `${join(folderOf('locked'), 'run.lock')}: could not take over the lock of the run: no permission (EACCES)`,
      'what to do: name a folder that this user may write to',
    ]);
    allow();
    await expectSameEnd('locked', 8);
  });

  it('for checkpoints ends the run at the next checkpoint, and the last one is kept', async () => {
    killedAt9('half');
    const allow = readOnly('half', 'checkpoints');
    const refused = await started('half', { under: bound });
    expect([refused.status, lastLines(refused, 2)[0]]).toEqual([
      4,
      'half/a/checkpoints/step-000012: could not write a checkpoint: no permission (EACCES)',
    ]);
    allow();
    await expectSameEnd('half', 8);
  });
});

describe('a second process', { timeout: 120_000 }, () => {
  it('on the same run is refused with the owner of the run, and the first one is not disturbed', async () => {
    const again = JSON.stringify([entry, ...coarse('twice')]);
    const startAgain = `
      const { status, stderr } = spawnSync(process.execPath, ${again}, { encoding: 'utf8' });
      write(JSON.stringify({ pid: process.pid, status, stderr }) + '\\n');`;
    const first = await started(
      'twice',
      atStep('coarse', 6, startAgain, "import { spawnSync } from 'node:child_process';"),
    );
    expect(first.status).toBe(0);
    const told = first.stderr.split('\n').find((line) => line.startsWith('{"pid"')) as string;
    const { pid, status, stderr } = JSON.parse(told);
    expect([status, ...stderr.trimEnd().split('\n')]).toEqual([
      2,
      `twice/a: another process works on this run: process ${pid} on ${hostname()}`,
      'what to do: wait for it, stop it, or name another run with --run-id',
    ]);
    await expectSameEnd('twice', 0);
  });
});

describe('a checkpoint', { timeout: 120_000 }, () => {
  const damage = (root: string, step: number) => {
    const file = checkpoint(root, step, 'weights.safetensors');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    writeFileSync(file, bytes);
  };

  it('that is damaged is named and skipped, and the end is the same', async () => {
    killedAt9('damaged');
    damage('damaged', 8);
    const { stderr } = await expectSameEnd('damaged', 4);
    const warning =
      /"msg":"(damaged\/a\/checkpoints\/step-000008: damaged, so the checkpoint before it is used: [^"]*)"/;
    expect(warning.exec(stderr)?.[1]).toMatch(
      /step-000008\/weights\.safetensors: expected SHA-256 \w{64}; got \w{64}$/,
    );
  });

  it('is required if there were any: if all are damaged, the run is refused, not begun again', async () => {
    killedAt9('ruined');
    for (const step of [4, 8]) damage('ruined', step);
    const ended = await search('ruined');
    expect([ended.status, ...lastLines(ended, 2)]).toEqual([
      4,
      'ruined/a/checkpoints: cannot resume: every checkpoint is damaged (2)',
      'what to do: remove that folder to begin the run again',
    ]);
    expect(checkpoints('ruined')).toEqual(['step-000004', 'step-000008']);
  });

  it('of another version is refused', async () => {
    killedAt9('other');
    const file = checkpoint('other', 8, 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 7'));
    const ended = await search('other');
    expect([ended.status, ...lastLines(ended, 2)]).toEqual([
      4,
      'other/a/checkpoints/step-000008/manifest.json: version: expected version 1; got 7',
      'what to do: resume the run with the program that began it',
    ]);
  });
});

describe('the command of an existing run', { timeout: 120_000 }, () => {
  it('with another config is refused, every change is listed, and the run is unchanged', async () => {
    killedAt9('changed');
    const ended = await search('changed', '--set', 'search.batch=8', '--seed', '4');
    expect([ended.status, ...lastLines(ended, 3)]).toEqual([
      3,
      'changed/a/config.yaml: seed: was 3, is 4',
      'changed/a/config.yaml: coarse.batch: was 16, is 8',
      'what to do: restore what was changed, or begin another run with --run-id',
    ]);
    await expectSameEnd('changed', 8);
  });

  it('with more steps is refused without --extend', async () => {
    cpSync(join(world, 'whole'), join(world, 'longer'), { recursive: true });
    const refused = await search('longer', '--set', 'coarse.steps=16');
    expect([refused.status, ...lastLines(refused, 2)]).toEqual([
      3,
      'longer/a/config.yaml: coarse.steps: was 12, is 16',
      'what to do: extend the run to more steps with --extend, or begin another one with --run-id',
    ]);
    const extended = await search('longer', '--set', 'coarse.steps=16', '--extend');
    expect(extended.status).toBe(0);
    expect(extended.stderr).toContain(
      'a: extended from 12 to 16 steps; from step 12 on its schedules are those of a run of 16',
    );
    expect(readState(folderOf('longer'))).toMatchObject({
      status: 'done',
      step: 16,
      extensions: [{ step: 12, steps: 12 }],
    });
    const again = await search('longer', '--set', 'coarse.steps=16', '--extend');
    expect([again.status, again.stdout]).toEqual([0, extended.stdout]);
  });

  it('with --resume never is refused, as is --resume must without a run', async () => {
    killedAt9('there');
    const never = await search('there', '--resume', 'never');
    const must = await search('elsewhere', '--resume', 'must');
    expect([never.status, lastLines(never, 2)[0], must.status, lastLines(must, 1)[0]]).toEqual([
      2,
      '--resume never: expected a new run; got there/a, which already exists',
      2,
      '--resume must: expected a run at elsewhere/a; got none',
    ]);
  });
});

describe('a run that is asked to stop', { timeout: 120_000 }, () => {
  it.each(stopSignals)('by %s ends with 75 after a checkpoint', async (signal) => {
    const stopped = await started(signal, signalAt('coarse', 5, signal));
    expect([stopped.status, stopped.stdout, ...lastLines(stopped, 2)]).toEqual([
      75,
      '',
      'stopped on request after step 6 of 12',
      'what to do: run the same command again to resume',
    ]);
    expect(checkpoints(signal)).toEqual(['step-000004', 'step-000006']);
    expect(readState(folderOf(signal))).toMatchObject({ status: 'stopped', step: 6 });
    await expectSameEnd(signal, 6);
  });

  it('by a second SIGINT ends at once with 130, and resumes from its last checkpoint', async () => {
    const ended = await started('twice-asked', signalAt('coarse', 6, 'SIGINT', 'SIGINT'));
    expect([ended.status, ended.stdout]).toEqual([130, '']);
    expect(checkpoints('twice-asked')).toEqual(['step-000004']);
    expect(readdirSync(folderOf('twice-asked'))).not.toContain('run.lock');
    await expectSameEnd('twice-asked', 4);
  });
});
