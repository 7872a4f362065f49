/** Runs in fresh folders that are removed when their test ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Failure } from '#core/failure';
import type { SearchEvent } from '#jobs/runs/run-events';
import { type OpenRunRequest, openRun, type Run } from '#jobs/runs/run-folder';
import type { Evaluation, SearchResult, TrainingResult } from '#jobs/runs/run-result';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-runs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const evaluation: Evaluation = {
  split: 'held',
  n: 100,
  top1: 0.8,
  top1Interval: [0.7, 0.9],
  top5: 1,
  top5Interval: [0.96, 1],
  loss: 0.3,
};

export function searchResult(changes: Partial<SearchResult> = {}): SearchResult {
  return {
    decisions: [0, 2],
    quality: 0.81,
    costs: { macs: { value: 10, expected: 10.5, argmax: 10, target: 9 } },
    reward: 0.8,
    entropy: 0.4,
    entropyAtStart: 1,
    relativeEntropy: 0.4,
    held: evaluation,
    random: null,
    missed: [],
    candidates: [],
    ...changes,
  };
}

export function trainingResult(changes: Partial<TrainingResult> = {}): TrainingResult {
  return { decisions: [], quality: 0.8, costs: {}, reward: null, entropy: null, test: evaluation, ...changes };
}

export function searchEvent(changes: Partial<SearchEvent>): SearchEvent {
  const { quality, costs, reward, entropy, relativeEntropy } = searchResult();
  const machine = { imagesPerSecond: 1000, dataWait: 0.1, memoryMb: 200, tensors: 12 };
  const rates = { weights: 0.05, controller: 0.01 };
  const figures = { loss: 1.2, quality, reward, costs, baseline: 0.7, entropy, relativeEntropy };
  return { step: 40, ...figures, ...machine, rates, ...changes };
}

/** A request for a run `a` under `root`. */
export function request(root: string, changes: Partial<OpenRunRequest> = {}): OpenRunRequest {
  return {
    root,
    id: 'a',
    resume: 'allow',
    stage: 'coarse',
    steps: 400,
    lengthKey: 'steps',
    config: 'seed: 1\n',
    identity: { seed: 1, steps: 400, 'train.batch': 128 },
    space: 'name: tiny\nclasses: 10\n',
    environment: { node: '20' },
    notice: () => {},
    ...changes,
  };
}

/** Opens a run and finishes it after the test. */
export function opened(root: string, changes: Partial<OpenRunRequest> = {}): Run {
  const run = openRun(request(root, changes));
  onTestFinished(() => run.finish('failed'));
  return run;
}

/** The failure that `action` throws. */
export function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('expected a failure; nothing was thrown');
}
