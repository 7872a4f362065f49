import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRun } from '#jobs/runs/run-folder';
import { readState } from '#jobs/runs/run-state';
import { failureOf, opened, request, searchResult, temporaryFolder } from './run-fixture.js';

it('a run whose identity is damaged is not resumed', () => {
  const root = temporaryFolder();
  openRun(request(root)).finish('stopped');
  writeFileSync(join(root, 'a', 'identity.json'), 'null');
  const failure = failureOf(() => openRun(request(root)));
  expect([failure.kind, failure.message]).toEqual([
    'data',
    `${join(root, 'a', 'identity.json')}:1:1: expected a mapping; got null`,
  ]);
});

it('a run whose identity has keys under former names is resumed', () => {
  const root = temporaryFolder();
  openRun(request(root, { identity: { 'train.shares': 2 } })).finish('stopped');
  const renamedKeys = [{ path: ['train', 'shares'], to: 'microBatches' }];
  const again = (microBatches: number) =>
    openRun(request(root, { identity: { 'train.microBatches': microBatches }, renamedKeys }));
  again(2).finish('stopped');
  expect(failureOf(() => again(3)).message).toContain('train.microBatches: was 2, is 3');
});

describe('a new run', () => {
  it('writes its request, and holds its lock', () => {
    const root = join(temporaryFolder(), 'runs');
    const run = opened(root);
    expect(run.wasDone).toBe(false);
    const names = ['config.yaml', 'environment.json', 'identity.json', 'run.lock', 'space.yaml', 'state.json'];
    expect(readdirSync(run.folder).sort()).toEqual(names);
    expect(readFileSync(join(run.folder, 'config.yaml'), 'utf8')).toBe('seed: 1\n');
    expect(readState(run.folder)).toEqual({ id: 'a', stage: 'coarse', status: 'running', step: 0, steps: 400 });
  });

  it('records its progress, and how it ended only once', () => {
    const run = opened(temporaryFolder());
    run.progress(40);
    expect(readState(run.folder)).toMatchObject({ status: 'running', step: 40 });
    run.finish('stopped', 'SIGTERM');
    run.finish('failed');
    expect(readState(run.folder)).toMatchObject({ status: 'stopped', step: 40, reason: 'SIGTERM' });
    expect(readdirSync(run.folder)).not.toContain('run.lock');
  });

  it.each(['', '../x', 'a/b', '.hidden', '-x', 'a b', 'ü', 'x'.repeat(101)])('refuses the id %j', (id) => {
    const failure = failureOf(() => openRun(request(temporaryFolder(), { id })));
    expect(failure.kind).toBe('usage');
    expect(failure.message).toContain(`--run-id: expected up to 100 letters, digits, dots`);
  });

  it('refuses a folder with other files', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a'));
    writeFileSync(join(root, 'a', 'thesis.tex'), '');
    const failure = failureOf(() => openRun(request(root)));
    expect(failure.message).toBe(`${join(root, 'a')}: expected a run or a new folder; got one with thesis.tex`);
    expect(readdirSync(join(root, 'a'))).toEqual(['thesis.tex']);
  });

  it('begins where a process was killed before it had begun the run', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a'));
    writeFileSync(join(root, 'a', 'config.yaml'), 'seed: 2\n');
    writeFileSync(join(root, 'a', 'space.yaml.part-77'), 'na');
    const run = opened(root);
    expect(run.wasDone).toBe(false);
    expect(readFileSync(join(run.folder, 'config.yaml'), 'utf8')).toBe('seed: 1\n');
    expect(readdirSync(run.folder)).not.toContain('space.yaml.part-77');
  });
});

describe('an existing run', () => {
  it('is resumed, and records that it was done', () => {
    const root = temporaryFolder();
    const first = opened(root);
    first.progress(400);
    first.finish('done');
    const run = opened(root, { resume: 'must' });
    expect(run.wasDone).toBe(true);
    expect(readState(run.folder)).toMatchObject({ status: 'running', step: 400 });
  });

  it('is refused by --resume never, and a missing one by --resume must', () => {
    const root = temporaryFolder();
    opened(root, { id: 'small-1' }).finish('stopped');
    const never = failureOf(() => openRun(request(root, { id: 'small-1', resume: 'never' })));
    const must = failureOf(() => openRun(request(root, { id: 'smal-1', resume: 'must' })));
    expect(never.message).toBe(
      `--resume never: expected a new run; got ${join(root, 'small-1')}, which already exists`,
    );
    expect(must.message).toBe(
      `--resume must: expected a run at ${join(root, 'smal-1')}; got none; did you mean small-1?`,
    );
    expect([never.kind, must.kind]).toEqual(['usage', 'usage']);
    expect(readdirSync(root)).toEqual(['small-1']);
  });

  it('is refused under a changed config, with every change, and stays unchanged', () => {
    const root = temporaryFolder();
    const run = opened(root);
    run.finish('stopped');
    const config = join(run.folder, 'config.yaml');
    const identity = { seed: 2, steps: 400, 'train.batch': 128, 'train.decay': 0.9 };
    const failure = failureOf(() => openRun(request(root, { identity, config: 'seed: 2\n' })));
    expect(failure.kind).toBe('config');
    expect(failure.message).toBe(`${config}: seed: was 1, is 2\n${config}: train.decay: was nothing, is 0.9`);
    expect(readFileSync(config, 'utf8')).toBe('seed: 1\n');
    expect(readState(run.folder).status).toBe('stopped');
    opened(root);
  });

  describe('with more steps', () => {
    const longer = { identity: { ...request('').identity, steps: 800 }, config: 'steps: 800\n', steps: 800 };

    it('is refused without --extend', () => {
      const root = temporaryFolder();
      const { folder, finish } = opened(root);
      finish('done');
      const failure = failureOf(() => openRun(request(root, longer)));
      expect([failure.kind, failure.message, failure.remedy]).toEqual([
        'config',
        `${join(folder, 'config.yaml')}: steps: was 400, is 800`,
        'extend the run to more steps with --extend, or begin another one with --run-id',
      ]);
      expect(readState(folder)).toMatchObject({ status: 'done', steps: 400 });
    });

    it('is no longer done once extended, has no result, and records the extension in its state and next result', () => {
      const root = temporaryFolder();
      const first = opened(root);
      first.progress(400);
      first.writeArchitecture('name: a\n');
      first.finish('done');
      const notices: string[] = [];
      const run = opened(root, { ...longer, extend: true, notice: (message) => notices.push(message) });
      expect(notices).toEqual([
        'a: extended from 400 to 800 steps; from step 400 on its schedules are those of a run of 800',
      ]);
      expect(run.wasDone).toBe(false);
      expect(existsSync(join(run.folder, 'architecture.yaml'))).toBe(false);
      expect(readFileSync(join(run.folder, 'config.yaml'), 'utf8')).toBe('steps: 800\n');
      const extensions = [{ step: 400, steps: 400 }];
      expect(readState(run.folder)).toMatchObject({ status: 'running', step: 400, steps: 800, extensions });
      run.writeResult(searchResult());
      expect(JSON.parse(readFileSync(join(run.folder, 'result.json'), 'utf8'))).toMatchObject({ extensions });
      run.finish('done');
      const again = opened(root, { ...longer, extend: true }); // the same command
      expect(again.wasDone).toBe(true);
      expect(readState(run.folder).extensions).toEqual(extensions);
    });

    it('is extended by the same command after a process was killed while extending it', () => {
      const root = temporaryFolder();
      const { folder, finish } = opened(root);
      finish('done');
      writeFileSync(join(folder, 'identity.json'), JSON.stringify(longer.identity));
      const failure = failureOf(() => openRun(request(root, longer)));
      expect(failure.message).toBe(`${join(folder, 'state.json')}: steps: was 400, is 800`);
      expect(opened(root, { ...longer, extend: true }).wasDone).toBe(false);
    });

    it('is refused even with --extend if something else changed, or if it would have fewer steps', () => {
      const root = temporaryFolder();
      const { folder, finish } = opened(root);
      finish('stopped');
      const config = join(folder, 'config.yaml');
      const other = { ...longer, extend: true, identity: { ...longer.identity, seed: 2 } };
      expect(failureOf(() => openRun(request(root, other))).message).toBe(`${config}: seed: was 1, is 2`);
      const fewer = { steps: 200, extend: true, identity: { ...longer.identity, steps: 200 } };
      expect(failureOf(() => openRun(request(root, fewer))).message).toBe(`${config}: steps: was 400, is 200`);
    });
  });

  it('is refused with another space, at the first line that differs', () => {
    const root = temporaryFolder();
    const run = opened(root);
    run.finish('stopped');
    const failure = failureOf(() => openRun(request(root, { space: 'name: tiny\nclasses: 11\n' })));
    expect([failure.kind, failure.message]).toEqual([
      'config',
      `${join(run.folder, 'space.yaml')}:2: was classes: 10, is classes: 11`,
    ]);
  });

  it('with a damaged state is a data failure', () => {
    const root = temporaryFolder();
    const run = opened(root);
    run.finish('stopped');
    writeFileSync(join(run.folder, 'state.json'), '{"version": 2, "id": "a"}');
    const failure = failureOf(() => openRun(request(root)));
    expect(failure.kind).toBe('data');
    expect(failure.message).toContain('version: expected version 1; got 2');
  });
});

describe('a folder that cannot be written', () => {
  it('is a data failure if it cannot be made', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const failure = failureOf(() => openRun(request(file)));
    expect([failure.kind, failure.message]).toEqual([
      'data',
      `${join(file, 'a')}: could not make the folder of the run: a file where a folder should be (ENOTDIR)`,
    ]);
  });

  it.runIf(process.platform === 'linux')('for lack of space keeps its old files, and no lock', () => {
    const root = temporaryFolder();
    const run = opened(root);
    const state = join(run.folder, 'state.json');
    symlinkSync('/dev/full', `${state}.part-${process.pid}`);
    const failure = failureOf(() => run.progress(40));
    expect(failure.kind).toBe('data');
    expect(failure.message).toMatch(/state\.json: could not write \d+ bytes: no space left on the disk \(ENOSPC\)$/);
    expect(readState(run.folder).step).toBe(0);
    symlinkSync('/dev/full', `${state}.part-${process.pid}`);
    run.finish('failed', 'no space');
    expect(readdirSync(run.folder)).not.toContain('run.lock');
  });
});
