/** The port for starting a job's workers and joining them in a collective. */
import type { BackendOptions } from '#networks/tensor/backend';
import type { Collective } from './collective.js';

/** Number of processes that work on a step, this one included, and the backend options of each. */
export interface Workers extends BackendOptions {
  readonly count: number;
}

export const oneWorker: Workers = { count: 1 };

/** The requested workers, but no more than the number of units in a step. */
export function workersFor(workers: Workers, units: number): Workers {
  return { ...workers, count: Math.min(workers.count, units) };
}

/** Does the job as one of the started workers. */
export type Serve<Job> = (job: Job, collective: Collective) => Promise<unknown>;

export interface LaunchRequest<Job> {
  readonly workers: Workers;
  /** The module that the others import, which exports `serve`, a `Serve<Job>`; a package import or a URL. */
  readonly module: string;
  /**
   * Plain data that is copied to each of them, or a function that makes it while they start, given the number of vectors
   * that they will hold in common.
   */
  readonly job: Job | ((vectors: number) => Promise<Job>);
  /** Length in floats of the longest vector that they sum. */
  readonly longest: number;
  /** Number of vectors of that length that they hold in common where memory allows; 0 by default. */
  readonly vectors?: number;
  /** The run's folder, if there is a run. */
  readonly folder?: string | undefined;
}

/** Returns the job of a request, and makes it first if need be. */
export async function jobOf<Job>({ job }: Pick<LaunchRequest<Job>, 'job'>, vectors: number): Promise<Job> {
  return typeof job === 'function' ? (job as (vectors: number) => Promise<Job>)(vectors) : job;
}

export interface Launcher {
  /** Starts the other workers, which serve the job; this process is worker 0. Ends them if making the job fails. */
  start<Job>(request: LaunchRequest<Job>): Promise<Team>;
}

/** The workers of a job, from the view of worker 0. */
export interface Team {
  /** Worker 0's collective. If a worker fails or dies, its pending call and all later ones fail. */
  readonly collective: Collective;
  /** Ends the others, whatever they are doing; resolves when they are gone. */
  end(): Promise<void>;
}
