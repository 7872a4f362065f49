import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LockHolder, ownHolder } from '#jobs/runs/lock-holder';
import { findRun, readRunSummary } from '#jobs/runs/run-summary';
import { readNetwork, readSpace } from '#networks/space/parse';
import { printSpace } from '#networks/space/print';
import { findSpace } from '#networks/zoo/shipped';
import { failureOf, opened, searchEvent, searchResult, temporaryFolder } from './run-fixture.js';

const network = findSpace('mnv4-conv-s');
const costs = { 'latency on reference': { value: 0.21, target: 0.2 } };
const result = searchResult({ costs, missed: ['latency'] });

describe('the summary of a run', () => {
  it('has exactly the fields of the contract, with null for unknown ones', () => {
    const run = opened(temporaryFolder());
    const contract = { architecture: null, decisions: null, quality: null, costs: null, reward: null, entropy: null };
    const ofTraining = { test: null, int8: null, byClass: null, precision: null, weights: null };
    const unknown = { ...contract, ...ofTraining, job: null, entropyAtStart: null, held: null, random: null };
    const known = { id: 'a', stage: 'coarse', status: 'running', step: 0, steps: 400, folder: run.folder };
    expect(readRunSummary(run.folder)).toEqual({ ...known, ...unknown });
  });

  it('has the figures of the last interval while the run is in progress', () => {
    const run = opened(temporaryFolder());
    const log = run.openLog('events', undefined);
    log.append(searchEvent({ step: 40, quality: 0.1, reward: 0.05, entropy: 9 }));
    log.append(searchEvent({ step: 80, quality: 0.2, reward: 0.15, entropy: 8 }));
    run.progress(80);
    const { step, quality, reward, entropy, decisions } = readRunSummary(run.folder);
    expect([step, quality, reward, entropy, decisions]).toEqual([80, 0.2, 0.15, 8, null]);
  });

  it('has the result and the architecture of a run that is done', () => {
    const run = opened(temporaryFolder());
    run.writeArchitecture(printSpace(readSpace(network), { run: 'a' }));
    run.writeResult(result);
    run.finish('done');
    const { missed: _, candidates: __, relativeEntropy: ___, ...shown } = result;
    const architecture = readNetwork(network);
    expect(readRunSummary(run.folder)).toMatchObject({ status: 'done', ...shown, architecture });
    expect(readRunSummary(run.folder)).not.toHaveProperty('missed');
  });

  it('has no result while a finished run is open again', () => {
    const root = temporaryFolder();
    const first = opened(root);
    first.writeResult(result);
    first.finish('done');
    expect(readRunSummary(opened(root).folder).quality).toBeNull();
  });

  it('is stopped for a run that was killed, and running for one that another host works on', () => {
    const run = opened(temporaryFolder());
    const holder = (changes: Partial<LockHolder>) =>
      writeFileSync(join(run.folder, 'run.lock'), JSON.stringify({ ...ownHolder(), pid: 2 ** 30, ...changes }));
    holder({ host: 'elsewhere', table: 'another' });
    expect(readRunSummary(run.folder).status).toBe('running');
    holder({});
    expect(readRunSummary(run.folder).status).toBe('stopped');
  });

  it.each([
    ['null', '1:1: expected a mapping; got null'],
    ['{"quality":"high"}', '1:12: quality: expected a number; got high'],
    ['{"costs":{"macs":{"value":1}}}', '1:18: costs.macs.target: missing; expected a number'],
    [
      '{"held":{"split":"held","n":1,"top1":0.5,"top5":1,"loss":1}}',
      '1:9: held.top1Interval: missing; expected two shares',
    ],
  ])('names what is wrong with the result %s', (text, message) => {
    const run = opened(temporaryFolder());
    run.finish('done');
    writeFileSync(join(run.folder, 'result.json'), text);
    const failure = failureOf(() => readRunSummary(run.folder));
    expect([failure.kind, failure.message]).toEqual(['data', `${join(run.folder, 'result.json')}:${message}`]);
  });

  it('names what is wrong with the last event of a log', () => {
    const run = opened(temporaryFolder());
    writeFileSync(join(run.folder, 'events.jsonl'), '{"step":1,"quality":[]}\n');
    expect(failureOf(() => readRunSummary(run.folder)).message).toBe(
      `${join(run.folder, 'events.jsonl')}: quality: expected a number; got []`,
    );
  });

  it('names the damaged result', () => {
    const run = opened(temporaryFolder());
    run.finish('done');
    writeFileSync(join(run.folder, 'result.json'), '{');
    const failure = failureOf(() => readRunSummary(run.folder));
    expect(failure.kind).toBe('data');
    expect(failure.message).toContain(`${join(run.folder, 'result.json')}: expected JSON; got`);
  });
});

describe('a run under a root', () => {
  it('is found by id and by folder; a missing one is a failure with the nearest id', () => {
    const root = temporaryFolder();
    const { folder } = opened(root, { id: 'small-1' });
    expect([findRun(root, 'small-1'), findRun('runs', folder)]).toEqual([folder, folder]);
    const failure = failureOf(() => findRun(root, 'small-2'));
    expect([failure.kind, failure.message]).toEqual([
      'usage',
      `small-2: expected a run under ${root}; got none; did you mean small-1?`,
    ]);
  });
});
