/** Follows runs while they are in progress, by polling, since network file systems report no changes. */
import { join } from 'node:path';
import { readFrom, statsOf } from '#core/files/files';
import { utf8 } from '#core/files/text';
import { type LogLine, lastEvent, parsedLines } from './event-log.js';
import { presentState } from './run-entries.js';
import type { RunState } from './run-state.js';

export interface FollowedRun {
  readonly id: string;
  /** Returns the events since the last call; at first the latest one, if any. */
  news(): readonly LogLine[];
  state(): RunState;
}

/** Follows the run in a folder. */
export function followRun(folder: string): FollowedRun {
  const file = join(folder, 'events.jsonl');
  let read: number | undefined;
  return {
    id: presentState(folder).id,
    state: () => presentState(folder),
    news() {
      const size = statsOf(file)?.size ?? 0;
      if (read === undefined || size < read) {
        // at first, or after a resumed run has cut off the lines of lost steps
        read = size;
        return [lastEvent(file) ?? []].flat();
      }
      if (size === read) return [];
      const text = utf8(readFrom(file, read));
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      read += Buffer.byteLength(whole);
      return parsedLines(Buffer.from(whole));
    },
  };
}

export interface Following {
  /** Called with each new event. */
  event(run: string, event: LogLine): void;
  /** Called once for each run, when it is no longer in progress. */
  ended(state: RunState): void;
  /** Resolves after the time between two looks. */
  pause(): Promise<void>;
}

/** Follows the runs until none is in progress. */
export async function follow(runs: readonly FollowedRun[], { event, ended, pause }: Following): Promise<void> {
  for (let open = [...runs]; ; await pause()) {
    const states = open.map((run) => run.state()); // before the events: what is written later follows below
    for (const run of open) for (const line of run.news()) event(run.id, line);
    const over = states.filter(({ status }) => status !== 'running');
    for (const state of over) ended(state);
    open = open.filter((_, i) => states[i]?.status === 'running');
    if (open.length === 0) return;
  }
}
