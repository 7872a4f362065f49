/** The arguments that the caller of a long job passes to it. */
import type { ResumeMode } from '#jobs/runs/run-folder';
import type { Workers } from '#jobs/workers/launcher';
import type { Observer } from './observer.js';

/** A long job's access to the outside world. */
export interface JobContext {
  readonly observer: Observer;
  /** Called after every step; true ends the job with a checkpoint and a failure of kind `stopped`. */
  readonly shouldStop: () => boolean;
  /** Returns milliseconds; used for speeds and times only. */
  readonly clock: () => number;
  /** The machine and the program, recorded in the run. */
  readonly environment: object;
  /** The largest number of workers that may share a step; a step with fewer parts uses fewer. */
  readonly workers: Workers;
}

/** The location of a job's run, and how to begin or resume it. */
export interface RunRequest {
  readonly context: JobContext;
  readonly root: string;
  readonly id: string;
  readonly resume: ResumeMode;
  /** Lets an existing run be extended to more steps. */
  readonly extend?: boolean | undefined;
  /** Number of steps to trace, if any. */
  readonly profile?: number | undefined;
}
