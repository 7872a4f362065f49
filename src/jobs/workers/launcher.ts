/** Starts the workers of a job and joins them: the port behind which their processes and their sums lie. */
import type { BackendOptions } from '#networks/tensor/backend';
import type { Collective } from './collective.js';

/** How many processes work on a step, this one included, and how each computes. */
export interface Workers extends BackendOptions {
  readonly count: number;
}

export const oneWorker: Workers = { count: 1 };

/** As many workers as are asked for, but no more than a step has units to share out. */
export function workersFor(workers: Workers, units: number): Workers {
  return { ...workers, count: Math.min(workers.count, units) };
}

/** Does the job as one of the workers that were started. */
export type Serve<Job> = (job: Job, collective: Collective) => Promise<unknown>;

export interface LaunchRequest<Job> {
  readonly workers: Workers;
  /** What the others import: a module that exports `serve`, a `Serve<Job>`; a package import or a URL. */
  readonly module: string;
  /** Plain data: it is copied to each of them. */
  readonly job: Job;
  /** Floats of the longest vector that they sum. */
  readonly longest: number;
}

export interface Launcher {
  /** Starts the other workers, which serve the job; this process is worker 0. */
  start<Job>(request: LaunchRequest<Job>): Team;
}

/** The workers of a job, as worker 0 has them. */
export interface Team {
  /** Worker 0's. A worker that fails or dies makes its pending call fail, and all later ones. */
  readonly collective: Collective;
  /** Ends the others, whatever they are doing; resolves when they are gone. */
  end(): Promise<void>;
}
