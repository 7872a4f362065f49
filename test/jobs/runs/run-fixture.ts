/** Runs in fresh folders that go when their test ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Failure } from '#core/failure';
import { type OpenRunRequest, openRun, type Run } from '#jobs/runs/run-folder';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-runs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
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

/** Opens a run and lets go of it after the test. */
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
