/** The course of a run: its reward or, in a training, its loss, from the first interval of steps to the last. */
import { join } from 'node:path';
import { readEvents } from './event-log.js';

export interface RunCourse {
  readonly of: 'reward' | 'loss';
  readonly values: readonly number[];
}

/** Returns the course that a run's log holds; without values if it has none. */
export function runCourse(folder: string): RunCourse {
  const events = readEvents(join(folder, 'events.jsonl'));
  const valuesOf = (name: 'reward' | 'loss') =>
    events.flatMap(({ [name]: value }) => (typeof value === 'number' && Number.isFinite(value) ? [value] : []));
  const rewards = valuesOf('reward');
  return rewards.length > 0 ? { of: 'reward', values: rewards } : { of: 'loss', values: valuesOf('loss') };
}
