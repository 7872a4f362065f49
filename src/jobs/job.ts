/**
 * One road for every long job (a stage of a search, a stand-alone training, an estimate): its learner is made, resumed
 * from a checkpoint and checked against memory, its workers are started, and all of them do its work step by step.
 */
import { Failure } from '#core/failure';
import { resumeFromCheckpoint } from '#jobs/runs/checkpoint';
import type { Run } from '#jobs/runs/run-folder';
import type { Collective } from '#jobs/workers/collective';
import { hostLauncher } from '#jobs/workers/host/team';
import type { Serve, Workers } from '#jobs/workers/launcher';
import type { Learner } from '#networks/nn/learner';
import type { JobContext } from './job-context.js';
import { type LargestStep, requireMemory } from './memory.js';
import type { Observer } from './observer.js';
import { type ProfilePlan, profilePlan } from './profile.js';

/** How jobs of a kind are done; every worker goes through the same calls. */
export interface JobKind<Job, Data, L extends Learner, Outcome> {
  /** The module that exports `serve` for this kind, as `import()` finds it in the build. */
  readonly module: string;
  /** Opens what the job names; called by workers that were started, worker 0 has it open. */
  open(job: Job): Data;
  /** Makes the weights at their start; the caller disposes them. */
  learner(job: Job): L;
  /** The step that needs the most memory; left out, none is checked. */
  largestStep?(job: Job, learner: L): LargestStep;
  /** Gives a new run the weights of another; answers whether there were any. */
  warmStart?(job: Job, learner: L, warn: (message: string) => void): boolean;
  /** Does the job on one worker, and writes on worker 0 alone, which has the run. */
  work(worker: JobWorker<Job, Data, L>): Promise<Outcome>;
}

/** A job that is ready to run. */
export interface OpenJob<Job, Data> {
  /** Plain data: it is copied to every worker. */
  readonly job: Job;
  readonly data: Data;
  readonly workers: Workers;
  /** Left out where nothing is kept. */
  readonly run?: Run;
}

/** One worker's side of a job. */
export interface JobWorker<Job, Data, L> {
  readonly job: Job;
  readonly data: Data;
  readonly learner: L;
  readonly start: JobStart;
  readonly collective: Collective;
  /** Those of worker 0 are the user's; the others hear and say nothing. */
  readonly context: Surroundings;
  /** Worker 0's alone. */
  readonly run?: Run | undefined;
}

type Surroundings = Pick<JobContext, 'observer' | 'shouldStop' | 'clock'>;

/** Nobody watches, and nobody asks to stop. */
export const unattended: Surroundings = {
  observer: { progress: () => {}, note: () => {}, warn: () => {} },
  shouldStop: () => false,
  clock: () => performance.now(),
};

/** Where the steps begin. */
export interface JobStart {
  /** Finished steps. */
  readonly from: number;
  /** What the checkpoint holds beside the tensors; undefined at the start of a run. */
  readonly state?: unknown;
  /** Whether worker 0 sends its weights and slots to the others, which have those of the start. */
  readonly adopts: boolean;
  readonly profile?: ProfilePlan | undefined;
}

/** The message to a worker that is started. */
interface JobMessage<Job> {
  readonly job: Job;
  readonly start: JobStart;
}

/**
 * Runs the job, or what is left of it, to its end, and states in its run how it ended.
 *
 * @returns the outcome; undefined for a run that was done before, which is left unchanged
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
    const start = startOf(kind, opened, learner, context.observer, profile);
    const message: JobMessage<Job> = { job, start };
    const longest = learner.model.layout.size;
    const team = hostLauncher.start({ workers, module: kind.module, job: message, longest });
    try {
      return await worked(kind, { ...parts, job, learner, start, collective: team.collective, context });
    } finally {
      await team.end();
    }
  } finally {
    learner.dispose();
  }
}

/** Restores the run's last checkpoint, or else warm-starts, and refuses a step that does not fit into memory. */
function startOf<Job, Data, L extends Learner, Outcome>(
  kind: JobKind<Job, Data, L, Outcome>,
  { job, workers, run }: OpenJob<Job, Data>,
  learner: L,
  observer: Observer,
  profile: number | undefined,
): JobStart {
  if (run === undefined) return { from: 0, adopts: false };
  const saved = resumeFromCheckpoint(run, observer.warn);
  if (saved !== undefined) learner.restore(saved.tensors);
  const isWarm = saved === undefined && (kind.warmStart?.(job, learner, observer.warn) ?? false);
  const from = saved?.step ?? 0;
  if (from > 0) observer.note(`${run.id}: going on after step ${from} of ${run.steps}`);
  const largest = kind.largestStep?.(job, learner);
  if (largest !== undefined) requireMemory(learner.model, largest, workers.count, observer.warn);
  const plan = profilePlan(run.folder, profile, from, run.steps);
  return { from, state: saved?.state, adopts: saved !== undefined || isWarm, profile: plan };
}

async function worked<Job, Data, L extends Learner, Outcome>(
  kind: JobKind<Job, Data, L, Outcome>,
  worker: JobWorker<Job, Data, L>,
): Promise<Outcome> {
  const { start, learner, collective } = worker;
  if (start.adopts) await learner.adopt(collective.broadcast);
  return kind.work(worker);
}

/** The `serve` of a kind's module: does the job on a worker that was started, and keeps nothing of it. */
export function serving<Job, Data, L extends Learner, Outcome>(
  kind: JobKind<Job, Data, L, Outcome>,
): Serve<JobMessage<Job>> {
  return ({ job, start }, collective) =>
    worked(kind, { job, data: kind.open(job), learner: kind.learner(job), start, collective, context: unattended }); // worker 0 hears the signals
}
