import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runListText, runText } from '#cli/terminal/runs-text';
import { checkedSafetensorsParts, type NamedTensor, parseSafetensors, safetensorsParts } from '#data/files/safetensors';
import { loadLatestCheckpoint, saveCheckpoint } from '#jobs/runs/checkpoint';
import { openEventLog, readEvents } from '#jobs/runs/event-log';
import { runCourse } from '#jobs/runs/run-course';
import { listRuns } from '#jobs/runs/run-entries';
import { openRun, type Run } from '#jobs/runs/run-folder';
import { lockHolder, lockRun } from '#jobs/runs/run-lock';
import { readState, writeState } from '#jobs/runs/run-state';
import { readRunSummary } from '#jobs/runs/run-summary';
import { opened, request, temporaryFolder } from '#test/jobs/runs/run-fixture';
import { expectFinite, expectNamed, fuzz, outcomeOf } from './fuzzed.js';
import { flippedBit, mutatedBytes, mutatedDocument } from './mutated.js';

const tensors = new Map<string, NamedTensor>([
  ['stem.kernel', { shape: [3, 1, 2], values: Float32Array.of(1, -2, 0.5, 3, 1e-3, -0) }],
  ['stem.bn.gamma', { shape: [2], values: Float32Array.of(1, 0.25) }],
  ['scale', { shape: [], values: Float32Array.of(7) }],
]);

describe('a checkpoint', () => {
  const content = (step: number) => ({ step, tensors, state: { policy: [[0.1, -1 / 3]], step } });
  const score = 0.8123; // in the manifest; it is not loaded

  function runWithTwo(): Run {
    const run = opened(temporaryFolder());
    for (const step of [200, 400]) saveCheckpoint(run, { ...content(step), score });
    return run;
  }

  it.each(['weights.safetensors', 'state.json', 'manifest.json'])(
    'with any bit of its %s flipped is never used: the previous one is, with a notice, or none',
    (name) => {
      const run = runWithTwo();
      const file = join(run.folder, 'checkpoints', 'step-000400', name);
      fuzz(150, flippedBit(readFileSync(file)), ({ bytes }) => {
        writeFileSync(file, bytes);
        const notices: string[] = [];
        const outcome = outcomeOf(() => loadLatestCheckpoint(run, (notice) => notices.push(notice)));
        if ('failure' in outcome) return expectNamed(outcome.failure, 'data', 'checkpoints');
        expect(outcome.value).toEqual(content(200));
        expect(notices).toEqual([expect.stringContaining('step-000400: damaged')]);
      });
    },
  );

  it.each(['weights.safetensors', 'state.json', 'manifest.json'])('with any damage to its %s is never used', (name) => {
    const run = runWithTwo();
    const file = join(run.folder, 'checkpoints', 'step-000400', name);
    const whole = readFileSync(file);
    fuzz(100, mutatedBytes(whole), (bytes) => {
      writeFileSync(file, bytes);
      const outcome = outcomeOf(() => loadLatestCheckpoint(run, () => {}));
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', 'checkpoints');
      expect(outcome.value).toEqual(content(Buffer.compare(bytes, whole) === 0 ? 400 : 200));
    });
  });
});

describe('safetensors', () => {
  const checked = Buffer.concat(checkedSafetensorsParts(tensors, { run: 'a' }));

  it('with a checksum and any bit flipped are refused, or hold the same tensors', () => {
    fuzz(400, flippedBit(checked), ({ bytes }) => {
      const outcome = outcomeOf(() => parseSafetensors('f', bytes));
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', 'f');
      expect(outcome.value.tensors).toEqual(tensors);
    });
  });

  it.each([checked, Buffer.concat(safetensorsParts(tensors))])('with any damage are refused, or valid', (whole) => {
    fuzz(400, mutatedBytes(whole), (bytes) => {
      const outcome = outcomeOf(() => parseSafetensors('f', bytes));
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', 'f');
      for (const { shape, values } of outcome.value.tensors.values()) {
        expect(values.length).toBe(shape.reduce((n, extent) => n * extent, 1));
      }
    });
  });

  it.each([2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 31n, 100_000_001n])(
    'that claim a header of %s bytes are refused before any of it is read',
    (length) => {
      const bytes = Buffer.alloc(16, '{}      ');
      bytes.writeBigUInt64LE(length);
      const outcome = outcomeOf(() => parseSafetensors('f', bytes));
      expect('failure' in outcome && outcome.failure.message).toContain('f: expected a header of');
    },
  );

  it('that claim tensors larger than any memory are refused', () => {
    const header = { a: { dtype: 'F32', shape: [2 ** 26, 2 ** 26], data_offsets: [0, 2 ** 53 - 1] } };
    const json = Buffer.from(JSON.stringify(header));
    const bytes = Buffer.concat([Buffer.alloc(8), json]);
    bytes.writeBigUInt64LE(BigInt(json.length));
    expect(outcomeOf(() => parseSafetensors('f', bytes))).toHaveProperty('failure.kind', 'data');
  });
});

describe('a log of events', () => {
  const lines = [10, 20, 30, 40].map((step) => `${JSON.stringify({ step, loss: 1 / step, note: 'ü' })}\n`);

  it('with changed bytes is continued after its step, and the damaged lines are named', () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    fuzz(300, mutatedBytes(Buffer.from(lines.join(''))), (bytes) => {
      writeFileSync(file, bytes);
      const before = readEvents(file);
      const notices: string[] = [];
      openEventLog(file, 25, (notice) => notices.push(notice)).close();
      expect(readEvents(file)).toEqual(before.filter(({ step }) => step <= 25));
      const written = Buffer.from(bytes).toString('latin1').split('\n').slice(0, -1);
      if (notices.length === 0) expect(before.length).toBeGreaterThanOrEqual(written.length);
      for (const notice of notices) expect(notice).toMatch(/events\.jsonl:\d+: damaged/);
    });
  });
});

describe('the folder of a run', () => {
  const result = {
    decisions: [0, 2],
    quality: 0.81,
    costs: { macs: { value: 10, target: 9 } },
    reward: 0.8,
    entropy: 0.4,
    entropyAtStart: 1,
    held: { n: 100, top1: 0.8, top1Interval: [0.7, 0.9] },
    random: { n: 8, meanReward: 0.5, deviation: 0.1, bestReward: 0.7, meanQuality: 0.5, bestQuality: 0.7 },
    missed: [],
  };

  function shown(root: string, folder: string): string {
    const { entries } = listRuns(root);
    const summary = readRunSummary(folder);
    expectFinite(summary);
    return `${runListText(root, entries)}${runText(summary, runCourse(folder))}`;
  }

  it('is shown with any result, or the result is reported as damaged', () => {
    const root = temporaryFolder();
    const run = opened(root);
    run.finish('done');
    const file = join(run.folder, 'result.json');
    fuzz(200, mutatedDocument(result), (text) => {
      writeFileSync(file, text);
      const outcome = outcomeOf(() => shown(root, run.folder));
      if ('failure' in outcome) expectNamed(outcome.failure, 'data', file);
    });
  });

  it('is shown with any last event, or the log is reported as damaged', () => {
    const root = temporaryFolder();
    const run = opened(root);
    const file = join(run.folder, 'events.jsonl');
    fuzz(200, mutatedDocument({ step: 1, ...result }), (text) => {
      writeFileSync(file, text);
      const outcome = outcomeOf(() => shown(root, run.folder));
      if ('failure' in outcome) expectNamed(outcome.failure, 'data', file);
    });
  });

  it('with a damaged state is refused as damaged, or has a valid state', () => {
    const folder = temporaryFolder();
    const state = { id: 'a', stage: 'coarse', status: 'running', step: 5, steps: 10, reason: 'x' } as const;
    writeState(folder, state);
    const file = join(folder, 'state.json');
    fuzz(200, mutatedBytes(readFileSync(file)), (bytes) => {
      writeFileSync(file, bytes);
      const outcome = outcomeOf(() => readState(folder));
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', file);
      expect(Number.isSafeInteger(outcome.value.step) && outcome.value.step >= 0).toBe(true);
    });
    fuzz(100, mutatedDocument({ version: 1, ...state }), (text) => {
      writeFileSync(file, text);
      const outcome = outcomeOf(() => readState(folder));
      if ('failure' in outcome) expectNamed(outcome.failure, 'data', file);
    });
  });

  it.each(['state.json', 'identity.json', 'space.yaml', 'config.yaml', 'environment.json'])(
    'with a damaged %s is resumed unchanged, or refused',
    (name) => {
      const root = temporaryFolder();
      openRun(request(root)).finish('stopped');
      const file = join(root, 'a', name);
      const whole = readFileSync(file);
      fuzz(40, mutatedBytes(whole), (bytes) => {
        writeFileSync(file, bytes);
        const outcome = outcomeOf(() => openRun(request(root)).finish('stopped'));
        if ('failure' in outcome) expectNamed(outcome.failure, ['data', 'config', 'usage'], join(root, 'a'));
        writeFileSync(file, whole);
      });
    },
  );

  it('with a damaged lock is held by a process, or free', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'run.lock');
    const lock = JSON.stringify({ host: hostname(), pid: 2 ** 22 + 7, born: '123' });
    const holders = [mutatedBytes(Buffer.from(lock)), mutatedDocument(JSON.parse(lock))] as const;
    for (const holder of holders) {
      fuzz<Uint8Array | string>(100, holder, (content) => {
        writeFileSync(file, content);
        outcomeOf(() => lockHolder(folder));
        const outcome = outcomeOf(() => lockRun(folder).release());
        if ('failure' in outcome) expectNamed(outcome.failure, 'usage', folder);
      });
    }
  });

  it.each([
    'checkpoints',
    'events.jsonl',
    'result.json',
    'architecture.yaml',
    'state.json',
    'run.lock',
    'identity.json',
  ])('with a folder or a file in the place of its %s is refused, or continues', (name) => {
    const root = temporaryFolder();
    openRun(request(root)).finish('done');
    const place = join(root, 'a', name);
    rmSync(place, { recursive: true, force: true });
    if (name === 'checkpoints') writeFileSync(place, 'x');
    else mkdirSync(place);
    for (const act of [
      () => shown(root, join(root, 'a')),
      () => {
        const run = openRun(request(root));
        try {
          loadLatestCheckpoint(run, () => {});
          run.openLog('events', 0);
        } finally {
          run.finish('failed');
        }
      },
    ]) {
      const outcome = outcomeOf(act);
      if ('failure' in outcome) expect(['data', 'usage', 'config']).toContain(outcome.failure.kind);
    }
  });
});
