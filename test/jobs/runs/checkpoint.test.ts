import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { loadLatestCheckpoint, resumeFromCheckpoint, saveCheckpoint } from '#jobs/runs/checkpoint';
import { checkpointSteps } from '#jobs/runs/checkpoint-folders';
import type { Run } from '#jobs/runs/run-folder';
import { readState } from '#jobs/runs/run-state';
import { failureOf, opened, temporaryFolder } from './run-fixture.js';

const random = randomStream('checkpoint').state();

/** The checkpoint of a run at `step`. */
function content(step: number) {
  const tensors = new Map([
    ['stem', { shape: [2, 2], values: Float32Array.of(step, -0, 1e-45, Number.NaN) }],
    ['stem/square', { shape: [1], values: Float32Array.of(1 / step) }],
  ]);
  return { step, tensors, state: { policy: [[0.1 + 0.2, -1 / 3]], random, step } };
}

function runWith(...steps: number[]): Run {
  const run = opened(temporaryFolder());
  for (const step of steps) saveCheckpoint(run, content(step));
  return run;
}

function path(run: Run, step: number, ...names: string[]): string {
  return join(run.folder, 'checkpoints', `step-${`${step}`.padStart(6, '0')}`, ...names);
}

/** Resumes from the last checkpoint; returns it with the notices. */
function load(run: Run) {
  const notices: string[] = [];
  return { checkpoint: resumeFromCheckpoint(run, (message) => notices.push(message)), notices };
}

function flipByte(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ 0x10;
  writeFileSync(file, bytes);
}

describe('a checkpoint', () => {
  it('is restored bit for bit: tensors and numbers', () => {
    const { checkpoint, notices } = load(runWith(400));
    expect(checkpoint).toEqual(content(400));
    expect(notices).toEqual([]);
  });

  it('consists of three files, and leaves no others', () => {
    const run = runWith(400);
    expect(readdirSync(join(run.folder, 'checkpoints'))).toEqual(['step-000400']);
    expect(readdirSync(path(run, 400)).sort()).toEqual(['manifest.json', 'state.json', 'weights.safetensors']);
  });

  it('is kept among the last two, or among the last `keep`', () => {
    const run = runWith(100, 200, 300, 400);
    expect(checkpointSteps(run)).toEqual([300, 400]);
    saveCheckpoint(run, content(500), 3);
    expect(checkpointSteps(run)).toEqual([300, 400, 500]);
    saveCheckpoint(run, content(600), 1);
    expect(checkpointSteps(run)).toEqual([600]);
  });

  it('is kept in addition to the last ones as long as no other has a higher score', () => {
    const run = runWith();
    for (const [i, score] of [0.5, 0.9, 0.7, 0.9, 0.8, 0.95, 0.1].entries()) {
      saveCheckpoint(run, { ...content(100 * (i + 1)), score });
    }
    expect(checkpointSteps(run)).toEqual([600, 700]); // the best is one of the last two
    saveCheckpoint(run, { ...content(800), score: 0.2 });
    saveCheckpoint(run, { ...content(900), score: 0.3 });
    expect(checkpointSteps(run)).toEqual([600, 800, 900]);
    flipByte(path(run, 900, 'state.json'), 2);
    expect(load(run).checkpoint).toEqual(content(800));
    saveCheckpoint(run, { ...content(1000), score: 0.96 });
    expect(checkpointSteps(run)).toEqual([900, 1000]);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 5)],
    ['with another score', (text: string) => text.replace('"score": 0.9', '"score": 1.9')],
  ])('with a manifest %s does not count as the best', (_, damaged) => {
    const run = runWith();
    saveCheckpoint(run, { ...content(100), score: 0.9 });
    const manifest = path(run, 100, 'manifest.json');
    writeFileSync(manifest, damaged(readFileSync(manifest, 'utf8')));
    for (const step of [200, 300]) saveCheckpoint(run, { ...content(step), score: 0.1 });
    expect(checkpointSteps(run)).toEqual([200, 300]);
  });

  it('of a step over a million sorts by number', () => {
    expect(checkpointSteps(runWith(999_999, 1_000_000))).toEqual([999_999, 1_000_000]);
  });

  it('replaces a checkpoint of the same step', () => {
    const run = runWith(100);
    saveCheckpoint(run, { ...content(100), state: 'second' });
    expect(load(run).checkpoint?.state).toBe('second');
  });

  it('refuses numbers that JSON cannot hold', () => {
    const run = runWith(100);
    expect(() => saveCheckpoint(run, { ...content(200), state: { baseline: Number.NaN } })).toThrow('baseline is NaN');
    expect(readdirSync(join(run.folder, 'checkpoints'))).toEqual(['step-000100']);
  });

  it('is not written by a process that has lost the run', () => {
    const run = runWith(100);
    writeFileSync(join(run.folder, 'run.lock'), '{"host":"elsewhere","pid":5}');
    expect(failureOf(() => saveCheckpoint(run, content(200))).message).toContain('this run: process 5 on elsewhere');
    expect(checkpointSteps(run)).toEqual([100]);
  });
});

describe('loading', () => {
  it('returns undefined for a run without checkpoints', () => {
    expect(load(runWith()).checkpoint).toBeUndefined();
  });

  it.each(['weights.safetensors', 'state.json', 'manifest.json'])(
    'reports a %s with a flipped byte and uses the checkpoint before',
    (name) => {
      const size = readFileSync(path(runWith(400), 400, name)).length;
      for (const at of [0, Math.floor(size / 2), size - 3]) {
        const run = runWith(200, 400);
        flipByte(path(run, 400, name), at);
        const { checkpoint, notices } = load(run);
        expect(checkpoint).toEqual(content(200));
        expect(notices).toHaveLength(1);
        const named = name === 'manifest.json' ? path(run, 400) : path(run, 400, name); // or a file it lists
        expect(notices[0]).toContain(`${path(run, 400)}: damaged, so the checkpoint before it is used: ${named}`);
      }
    },
  );

  it('reports a file that is cut off or missing and uses the checkpoint before', () => {
    const run = runWith(100, 200);
    truncateSync(path(run, 200, 'weights.safetensors'), 20);
    const cutOff = load(run);
    expect(cutOff.checkpoint?.step).toBe(100);
    expect(cutOff.notices[0]).toMatch(/weights\.safetensors: expected \d+ bytes; got 20$/);
    rmSync(path(run, 200, 'manifest.json'));
    const missing = load(run);
    expect(missing.checkpoint?.step).toBe(100);
    expect(missing.notices[0]).toContain('manifest.json: expected a readable file');
  });

  it('refuses a checkpoint under the name of another step', () => {
    const run = runWith(100);
    cpSync(path(run, 100), path(run, 300), { recursive: true });
    const { checkpoint, notices } = load(run);
    expect(checkpoint?.step).toBe(100);
    expect(notices[0]).toContain('expected step 300; got 100');
  });

  it('without resuming changes nothing', () => {
    const run = runWith(100);
    const part = join(run.folder, 'checkpoints', '.step-000200.part');
    mkdirSync(part);
    expect(loadLatestCheckpoint(run, () => {})).toEqual(content(100));
    expect([existsSync(part), readState(run.folder).step]).toEqual([true, 0]);
  });

  it('fails if every checkpoint is damaged', () => {
    const run = runWith(100, 200);
    for (const step of [100, 200]) flipByte(path(run, step, 'weights.safetensors'), 40);
    const failure = failureOf(() => load(run));
    const folder = join(run.folder, 'checkpoints');
    expect([failure.kind, failure.message]).toEqual([
      'data',
      `${folder}: cannot resume: every checkpoint is damaged (2)`,
    ]);
  });

  it('refuses a checkpoint of another version', () => {
    const run = runWith(100, 200);
    const file = path(run, 200, 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'));
    const failure = failureOf(() => load(run));
    expect([failure.kind, failure.message]).toEqual(['data', `${file}: version: expected version 1; got 2`]);
  });

  it('refuses a manifest with the same content in other bytes, which only damage can cause', () => {
    const run = runWith(100, 200);
    const file = path(run, 200, 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('\n  ', '\n\t '));
    const { checkpoint, notices } = load(run);
    expect(checkpoint?.step).toBe(100);
    expect(notices[0]).toContain(`${file}: expected the text that was written; got another`);
  });

  it('refuses a file in place of the folder', () => {
    const run = runWith();
    writeFileSync(join(run.folder, 'checkpoints'), '');
    expect(failureOf(() => load(run))).toMatchObject({ kind: 'data' });
  });

  it('removes the leftovers of a process that was killed while it wrote or removed a checkpoint', () => {
    const run = runWith(100);
    const folder = join(run.folder, 'checkpoints');
    for (const name of ['.step-000200.part', '.step-000050.old']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'weights.safetensors'), 'half');
    }
    expect(load(run).checkpoint?.step).toBe(100);
    expect(readdirSync(folder)).toEqual(['step-000100']);
  });

  it('removes old checkpoints if a process was killed between writing a checkpoint and removing them', () => {
    const run = runWith(100, 200);
    const aside = join(run.folder, 'aside');
    cpSync(path(run, 100), aside, { recursive: true });
    saveCheckpoint(run, content(300));
    cpSync(aside, path(run, 100), { recursive: true });
    expect(load(run).checkpoint).toEqual(content(300));
    expect(checkpointSteps(run)).toEqual([200, 300]);
    expect(readState(run.folder).step).toBe(300);
  });

  it('of an older checkpoint makes the next save drop the damaged later one', () => {
    const run = runWith(200, 400);
    flipByte(path(run, 400, 'state.json'), 2);
    expect(load(run).checkpoint?.step).toBe(200);
    saveCheckpoint(run, content(300));
    expect(checkpointSteps(run)).toEqual([200, 300]);
    expect(existsSync(path(run, 400))).toBe(false);
  });
});
