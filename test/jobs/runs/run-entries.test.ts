import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listRuns, readRunEntry } from '#jobs/runs/run-entries';
import { readState, writeState } from '#jobs/runs/run-state';
import { opened, searchEvent, searchResult, temporaryFolder, trainingResult } from './run-fixture.js';

describe('the runs under a root', () => {
  it('are listed by id, damaged ones separately', () => {
    const root = temporaryFolder();
    for (const id of ['c', 'b', 'a']) opened(root, { id }).finish('stopped');
    writeFileSync(join(root, 'b', 'state.json'), 'no state');
    writeFileSync(join(root, 'README.md'), '');
    const { entries, failures } = listRuns(root);
    expect(entries.map(({ id, status }) => `${id} ${status}`)).toEqual(['a stopped', 'c stopped']);
    expect(failures.map(({ kind }) => kind)).toEqual(['data']);
  });

  it('are none if the root does not exist', () => {
    expect(listRuns(join(temporaryFolder(), 'none'))).toEqual({ entries: [], failures: [] });
  });
});

describe('the entry of a run', () => {
  it("has the result's figures, also without the file of the result, and after it was opened again", () => {
    const root = temporaryFolder();
    for (const _ of ['first', 'again']) {
      const run = opened(root);
      if (!run.wasDone) run.writeResult(searchResult({ quality: 0.7, reward: 0.6 }));
      run.finish('done');
      rmSync(join(run.folder, 'result.json'), { force: true });
      expect(readRunEntry(run.folder)).toMatchObject({ status: 'done', quality: 0.7, reward: 0.6 });
    }
  });

  it('has no reward if the run is a training', () => {
    const run = opened(temporaryFolder());
    run.writeResult(trainingResult());
    run.finish('done');
    expect(readRunEntry(run.folder)).toMatchObject({ quality: 0.8, reward: null });
  });

  it('has the figures of the result if an older version wrote the state', () => {
    const run = opened(temporaryFolder());
    run.writeResult(searchResult({ quality: 0.7 }));
    run.finish('done');
    const { quality: _, reward: __, ...state } = readState(run.folder);
    writeState(run.folder, state);
    expect(readRunEntry(run.folder)).toMatchObject({ quality: 0.7, reward: 0.8 });
  });

  it('has the figures of the last complete line of a long log that is being written', () => {
    const run = opened(temporaryFolder());
    const line = (step: number) => `${JSON.stringify(searchEvent({ step, quality: step / 1000 }))}\n`;
    const lines = Array.from({ length: 400 }, (_, i) => line(i + 1)).join('');
    writeFileSync(join(run.folder, 'events.jsonl'), `${lines}${'x'.repeat(30_000)}`);
    expect(readRunEntry(run.folder).quality).toBe(0.4);
  });
});
