/**
 * The runs under a root, as `runs list --json` prints them; fields may be added. A run that has ended takes one small
 * file to read, so that a thousand of them on a network file system take less than a second.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { asDataFailure, conform, locatedValue, readChecked } from '#core/documents/conform';
import { Failure } from '#core/failure';
import { lastEvent } from './event-log.js';
import { eventFiguresSchema } from './run-events.js';
import { runIds } from './run-folder.js';
import { lockHolder } from './run-lock.js';
import { figuresSchema, resultFile } from './run-result.js';
import { type RunState, readState } from './run-state.js';

/** One line of `runs list`; unknown figures are null. */
export interface RunEntry extends Pick<RunState, 'id' | 'stage' | 'status' | 'step' | 'steps'> {
  readonly quality: number | null;
  readonly reward: number | null;
  /** The scheduler's job that began or last resumed the run. */
  readonly job: string | null;
}

/** The runs under a root, sorted by id, and the failures met in reading them. */
export function listRuns(root: string): { entries: RunEntry[]; failures: Failure[] } {
  const entries: RunEntry[] = [];
  const failures: Failure[] = [];
  for (const id of runIds(root)) {
    try {
      entries.push({ ...readRunEntry(join(root, id)), id });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error);
    }
  }
  return { entries, failures };
}

export function readRunEntry(folder: string): RunEntry {
  const state = presentState(folder);
  const { id, stage, status, step, steps, job = null } = state;
  const figures = state.quality === undefined ? figuresOf(folder, state) : state;
  return { id, stage, status, step, steps, job, quality: figures?.quality ?? null, reward: figures?.reward ?? null };
}

const briefSchema = figuresSchema.pick({ quality: true, reward: true });

/** The figures of the result, for runs whose state has none; until a run is done, those of the last interval. */
function figuresOf(folder: string, { status }: RunState): z.output<typeof briefSchema> | undefined {
  const file = resultFile(folder);
  return status === 'done' && existsSync(file) ? readChecked(file, briefSchema) : lastFigures(folder);
}

/** The figures of the last complete line of a run's log. */
export function lastFigures(folder: string): z.output<typeof eventFiguresSchema> | undefined {
  const file = join(folder, 'events.jsonl');
  const last = lastEvent(file);
  return last === undefined ? undefined : asDataFailure(() => conform(locatedValue(file, last), eventFiguresSchema));
}

/** The state of a run; one recorded as running that no process holds was killed and counts as stopped. */
export function presentState(folder: string): RunState {
  const state = readState(folder);
  return state.status === 'running' && lockHolder(folder) === undefined ? { ...state, status: 'stopped' } : state;
}
