/** What long jobs are given by whoever starts them. */
import type { ResumeMode } from '#jobs/runs/run-folder';
import type { Workers } from '#jobs/workers/launcher';
import type { Observer } from './observer.js';

/** The world as a long job sees it. */
export interface JobContext {
  readonly observer: Observer;
  /** Asked after every step; yes ends the job with a checkpoint and a failure of kind `stopped`. */
  readonly shouldStop: () => boolean;
  /** Milliseconds; used for speeds and times only. */
  readonly clock: () => number;
  /** Noted in the run: the machine and the program. */
  readonly environment: object;
  /** The most that may share a step; a step with fewer parts has fewer. */
  readonly workers: Workers;
}

/** Where a job's run lies, and how it is begun or resumed. */
export interface RunRequest {
  readonly context: JobContext;
  readonly root: string;
  readonly id: string;
  readonly resume: ResumeMode;
  /** Lets an existing run go on to more steps than it had. */
  readonly extend?: boolean | undefined;
  /** Steps to trace, if any. */
  readonly profile?: number | undefined;
}
