/**
 * The procedure that every long job follows (a stage of a search, a stand-alone training, an estimate): make the
 * learner, restore it from a checkpoint, check that it fits into memory, start the workers, and run the steps on all of
 * them.
 */
import { Failure } from '#core/failure';
import { resumeFromCheckpoint } from '#jobs/runs/checkpoint';
import type { Run } from '#jobs/runs/run-folder';
import type { Collective } from '#jobs/workers/collective';
import { hostLauncher } from '#jobs/workers/host/team';
import type { Serve, Workers } from '#jobs/workers/launcher';
import { joinedRanks } from '#jobs/workers/ranks';
import { WorkerLost } from '#jobs/workers/worker-lost';
import type { Learner } from '#networks/nn/learner';
import { requireDisk } from './disk-space.js';
import type { JobContext } from './job-context.js';
import { type LargestStep, requireMemory } from './memory.js';
import type { Observer } from './observer.js';
import { type ProfilePlan, profilePlan } from './profile.js';

/** The functions that carry out jobs of one kind; every worker makes the same calls. */
export interface JobKind<Job, Data, L extends Learner, Outcome> {
  /** The module that exports `serve` for this kind, as `import()` finds it in the build. */
  readonly module: string;
  /** Opens the data that the job names; called by every worker but worker 0, which has it open already. */
  open(job: Job): Data | Promise<Data>;
  /** Makes the initial weights; the caller disposes them. */
  learner(job: Job): L;
  /** The step that needs the most memory; if left out, memory is not checked. */
  largestStep?(job: Job, learner: L): LargestStep;
  /** Initializes a new run with the weights of another; returns true if there was one. */
  warmStart?(job: Job, data: Data, learner: L, warn: (message: string) => void): Promise<boolean>;
  /** Does the job on one worker; only worker 0, which has the run, writes. */
  work(worker: JobWorker<Job, Data, L>): Promise<Outcome>;
}

/** A job that is ready to run. */
export interface OpenJob<Job, Data> {
  /** Plain data that is copied to every worker. */
  readonly job: Job;
  readonly data: Data;
  readonly workers: Workers;
  /** Left out if nothing is saved. */
  readonly run?: Run;
}

/** One worker's side of a job. */
export interface JobWorker<Job, Data, L> {
  readonly job: Job;
  readonly data: Data;
  readonly learner: L;
  readonly start: JobStart;
  readonly collective: Collective;
  /** The user's on worker 0; `unattended` on the others. */
  readonly context: Surroundings;
  /** Defined on worker 0 only. */
  readonly run?: Run | undefined;
  /** Defined on worker 0 only. */
  readonly rescue?: Rescue | undefined;
}

/** Saves the last finished step when another worker is lost, if the weights are still those of that step. */
export interface Rescue {
  /** Returns the number of finished steps that were saved, if any. */
  save?: () => number | undefined;
}

type Surroundings = Pick<JobContext, 'observer' | 'shouldStop' | 'clock'>;

/** Surroundings without an observer and without requests to stop. */
export const unattended: Surroundings = {
  observer: { progress: () => {}, note: () => {}, warn: () => {} },
  shouldStop: () => false,
  clock: () => performance.now(),
};

/** The state from which the steps begin. */
export interface JobStart {
  /** Finished steps. */
  readonly from: number;
  /** The checkpoint's state other than its tensors; undefined at the start of a run. */
  readonly state?: unknown;
  /** True if worker 0 broadcasts its weights and slots to the others, which hold the initial ones. */
  readonly adopts: boolean;
  readonly profile?: ProfilePlan | undefined;
}

/** The message that a started worker receives. */
interface JobMessage<Job> {
  readonly job: Job;
  readonly start: JobStart;
}

/**
 * Runs the job, or its remaining steps, to the end and records in its run how it ended.
 *
 * @returns the outcome; undefined for a run that was already done, which is left unchanged
 */
export async function runJob<Job, Data, L extends Learner, Outcome>(
  kind: JobKind<Job, Data, L, Outcome>,
  opened: OpenJob<Job, Data>,
  context: Surroundings,
  profile?: number,
): Promise<Outcome | undefined> {
  const { run } = opened;
  if (run?.wasDone) {
    run.finish('done');
    return undefined;
  }
  try {
    const outcome = await done(kind, opened, context, profile);
    run?.finish('done');
    return outcome;
  } catch (error) {
    const isStop = error instanceof Failure && error.kind === 'stopped';
    run?.finish(isStop ? 'stopped' : 'failed', (error as Error).message);
    throw error;
  }
}

async function done<Job, Data, L extends Learner, Outcome>(
  kind: JobKind<Job, Data, L, Outcome>,
  opened: OpenJob<Job, Data>,
  context: Surroundings,
  profile: number | undefined,
): Promise<Outcome> {
  const { job, workers, ...parts } = opened;
  const learner = kind.learner(job);
  try {
    let start: JobStart = { from: 0, adopts: false };
    const launcher = joinedRanks()?.launcher ?? hostLauncher;
    const team = await launcher.start({
      workers,
      module: kind.module,
      job: async (vectors: number): Promise<JobMessage<Job>> => {
        start = await startOf(kind, opened, learner, vectors, context.observer, profile);
        return { job, start };
      },
      longest: learner.model.layout.size,
      vectors: learner.sharedVectors,
      folder: opened.run?.folder,
    });
    const rescue: Rescue = {};
    try {
      return await worked(kind, { ...parts, job, learner, start, collective: team.collective, context, rescue });
    } catch (error) {
      throw rescued(error, rescue);
    } finally {
      await team.end();
    }
  } finally {
    learner.dispose();
  }
}

/** The error to throw, after the last finished step is saved if only another worker is lost. */
function rescued(error: unknown, { save }: Rescue): unknown {
  if (!(error instanceof WorkerLost)) return error;
  try {
    const step = save?.();
    return step === undefined ? error : error.savedAfter(step);
  } catch {
    return error; // the lost worker is the failure to report
  }
}

/** Restores the run's last checkpoint, or else warm-starts; refuses a step that does not fit into memory. */
async function startOf<Job, Data, L extends Learner, Outcome>(
  kind: JobKind<Job, Data, L, Outcome>,
  { job, data, workers, run }: OpenJob<Job, Data>,
  learner: L,
  vectors: number,
  observer: Observer,
  profile: number | undefined,
): Promise<JobStart> {
  if (run === undefined) return { from: 0, adopts: false };
  const saved = resumeFromCheckpoint(run, observer.warn);
  if (saved !== undefined) learner.restore(saved.tensors);
  const isWarm = saved === undefined && ((await kind.warmStart?.(job, data, learner, observer.warn)) ?? false);
  const from = saved?.step ?? 0;
  if (from > 0) observer.note(`${run.id}: resuming after step ${from} of ${run.steps}`);
  requireDisk(run, learner.savedBytes, observer);
  const largest = kind.largestStep?.(job, learner);
  const here = Math.min(workers.count, joinedRanks()?.here ?? workers.count);
  if (largest !== undefined) requireMemory(learner.model, largest, { count: here, vectors }, observer.warn);
  const plan = profilePlan(run.folder, profile, from, run.steps);
  return { from, state: saved?.state, adopts: saved !== undefined || isWarm, profile: plan };
}

async function worked<Job, Data, L extends Learner, Outcome>(
  kind: JobKind<Job, Data, L, Outcome>,
  worker: JobWorker<Job, Data, L>,
): Promise<Outcome> {
  const { start, learner, collective } = worker;
  await learner.join(collective, start.adopts);
  return kind.work(worker);
}

/** Returns the `serve` of a kind's module, which does the job on a started worker and discards the outcome. */
export function serving<Job, Data, L extends Learner, Outcome>(
  kind: JobKind<Job, Data, L, Outcome>,
): Serve<JobMessage<Job>> {
  const context = unattended; // worker 0 handles the signals
  return async ({ job, start }, collective) => {
    const data = await kind.open(job);
    const learner = kind.learner(job);
    try {
      await worked(kind, { job, data, learner, start, collective, context });
    } finally {
      learner.dispose(); // the process may serve another job
    }
  };
}
