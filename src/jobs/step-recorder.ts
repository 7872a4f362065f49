/** What follows every step of a search or training: it is kept, workers compare their states, and a stop is agreed on. */
import { Failure } from '#core/failure';
import { traced } from '#core/trace';
import { requireAgreement } from '#jobs/workers/agreement';
import type { Collective } from '#jobs/workers/collective';
import type { Profiler } from './profile.js';

/** What is kept of the steps. */
export interface Keeper<S> {
  /** Sees every step. */
  add(step: S): void;
  /** Ends an interval. */
  log(step: S): void;
  /** Saves the state after the step. */
  checkpoint(step: S): void;
}

/** What the workers keep that write nothing. */
export const keepNothing: Keeper<unknown> = { add: () => {}, log: () => {}, checkpoint: () => {} };

export interface RecordedSteps<S> {
  readonly steps: number;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  readonly collective: Collective;
  readonly shouldStop: () => boolean;
  /** What must be the same on all workers after a step. */
  readonly state: (step: S) => readonly (Uint8Array | string)[];
  /** Told of every step last. */
  readonly profile: Profiler;
}

/** Once any worker is asked to stop, the state is saved and the steps end with a failure of kind `stopped` on all. */
export function stepRecorder<S extends { readonly step: number }>(
  { steps, logEvery, checkpointEvery, collective, shouldStop, state, profile }: RecordedSteps<S>,
  keep: Keeper<S>,
): (step: S) => Promise<boolean> {
  return async (step) => {
    const done = step.step + 1;
    keep.add(step);
    await new Promise(setImmediate); // signals are seen here
    const isStopping = (await collective.any(shouldStop())) && done < steps;
    const isLast = done === steps || isStopping;
    if (done === steps || done % logEvery === 0) traced('keeping', 'events', () => keep.log(step));
    if (isLast || done % checkpointEvery === 0) {
      await requireAgreement(collective, done, () => state(step));
      traced('keeping', 'checkpoint', () => keep.checkpoint(step));
    }
    await profile(done);
    if (!isStopping) return true;
    const where = `stopped on request after step ${done} of ${steps}`;
    throw new Failure('stopped', where, 'run the same command again to go on');
  };
}
