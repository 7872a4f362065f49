/** Follows every step of a job: logs its figures, compares the workers' states, and agrees on stopping. */
import { Failure } from '#core/failure';
import { noteStep } from '#core/pulse';
import { traced } from '#core/trace';
import { saveCheckpoint } from '#jobs/runs/checkpoint';
import type { EventLog, LogLine } from '#jobs/runs/event-log';
import type { Run } from '#jobs/runs/run-folder';
import type { TensorBoardLog } from '#jobs/runs/tensorboard/event-files';
import type { SummaryValue } from '#jobs/runs/tensorboard/event-message';
import { scalarsOf } from '#jobs/runs/tensorboard/scalars';
import { requireSameState } from '#jobs/workers/same-state';
import type { Learner } from '#networks/nn/learner';
import { backend } from '#networks/tensor/backend';
import { requireFinite, requireFiniteTensors } from './divergence.js';
import type { JobWorker } from './job.js';
import { type IntervalSummary, type IntervalValues, startMeter } from './meter.js';
import type { Observer, Progress } from './observer.js';
import { profiler } from './profile.js';

/** Settings and callbacks for recording the steps of a job. */
export interface RecordedSteps<S, E extends LogLine> {
  readonly steps: number;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  readonly imagesPerStep: number;
  /** The config key of the weights' learning rate, named in the message when training diverges. */
  readonly rateName: string;
  /** Milliseconds spent waiting for data since the start. */
  waitMs(): number;
  /** The step's figures by name; events hold their means over an interval. */
  figures(step: S): Readonly<Record<string, number>>;
  /** The state that a checkpoint holds in addition to the tensors; the same on all workers. */
  state(step: S): Readonly<Record<string, unknown>>;
  /** Quality of the weights after the step, the higher the better, if known. */
  score?(step: S): number;
  /** The scalars of an interval, on worker 0; computed once for all sinks. */
  event(interval: StepInterval<S>): E;
  /** Receives every step, on worker 0. */
  everyStep?(run: Run, from: number): (step: S) => void;
  /** Receive every interval, on worker 0. */
  sinks(run: Run, from: number): readonly StepSink<RecordedInterval<S, E>>[];
}

/** An interval of steps that has ended. */
export interface StepInterval<S> {
  /** The last step. */
  readonly step: S;
  /** Finished steps. */
  readonly done: number;
  readonly summary: IntervalSummary;
}

export interface RecordedInterval<S, E> extends StepInterval<S> {
  readonly event: E;
}

/** A receiver of finished intervals: a log, a progress line. */
export interface StepSink<Interval> {
  record(interval: Interval): void;
}

/** Appends a line to a log of the run after each interval. */
export function logSink<Interval, L extends LogLine>(
  log: EventLog<L>,
  lineOf: (interval: Interval) => L,
): StepSink<Interval> {
  return { record: (interval) => log.append(lineOf(interval)) };
}

/** Shows each interval in TensorBoard: the figures of its event as scalars, and more values. */
export function tensorBoardSink<S, E extends LogLine>(
  log: TensorBoardLog,
  moreOf: (interval: RecordedInterval<S, E>) => readonly SummaryValue[] = () => [],
): StepSink<RecordedInterval<S, E>> {
  return { record: (interval) => log.append(interval.done, [...scalarsOf(interval.event), ...moreOf(interval)]) };
}

/** Reports each interval to the observer. */
export function progressSink<Interval>(
  observer: Observer,
  progressOf: (interval: Interval) => Progress,
): StepSink<Interval> {
  return { record: (interval) => observer.progress(progressOf(interval)) };
}

/** Speed, memory (MiB) and live tensors at the end of an interval, as fields of an event. */
export function usageFields({ imagesPerSecond, dataWait }: IntervalSummary) {
  const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  return { imagesPerSecond, dataWait, memoryMb, tensors: backend().tensorsAlive() };
}

type Recording = JobWorker<unknown, unknown, Learner>;

/**
 * Returns the function to call after every step. If any worker is asked to stop, worker 0 saves the state and the
 * function throws a failure of kind `stopped` on all workers.
 */
export function stepRecorder<S extends { readonly step: number }, E extends LogLine>(
  worker: Recording,
  recorded: RecordedSteps<S, E>,
): (step: S) => Promise<boolean> {
  const { steps, logEvery, checkpointEvery, state } = recorded;
  const { learner, start, collective, context } = worker;
  const keeper = worker.run === undefined ? undefined : keeperOf(worker, worker.run, recorded);
  const profile = profiler(start.profile, start.from, collective, context.observer.note);
  return async (step) => {
    const done = step.step + 1;
    keeper?.add(step);
    noteStep();
    await new Promise(setImmediate); // lets signal handlers run
    const isStopping = (await collective.any(context.shouldStop())) && done < steps;
    const isLast = done === steps || isStopping;
    if (done === steps || done % logEvery === 0) traced('keeping', 'events', () => keeper?.log(step));
    if (isLast || done % checkpointEvery === 0) {
      await requireSameState(collective, done, () => [JSON.stringify(state(step)), learner.weightBytes()]);
      traced('keeping', 'checkpoint', () => keeper?.checkpoint(step));
    }
    await profile(done);
    keeper?.remember(step);
    if (!isStopping) return true;
    const where = `stopped on request after step ${done} of ${steps}`;
    throw new Failure('stopped', where, 'run the same command again to resume');
  };
}

/** Writes the run; for worker 0. */
function keeperOf<S extends { readonly step: number }, E extends LogLine>(
  { learner, start: { from, state }, context, collective, rescue }: Recording,
  run: Run,
  recorded: RecordedSteps<S, E>,
) {
  const { steps, imagesPerStep, rateName } = recorded;
  const interval = startMeter(context.clock, recorded.waitMs, (state as SavedInterval | undefined)?.interval);
  const sinks = recorded.sinks(run, from);
  const recordStep = recorded.everyStep?.(run, from);
  let savedStep: number | undefined;
  const save = (step: S, atEnd: Readonly<Record<string, unknown>>) => {
    const done = step.step + 1;
    const tensors = learner.save();
    requireFiniteTensors(tensors, done, rateName);
    const saved = { ...atEnd, interval: interval.values() } satisfies SavedInterval;
    saveCheckpoint(run, { step: done, tensors, state: saved, score: recorded.score?.(step) });
    run.progress(done);
    savedStep = done;
  };
  return {
    add(step: S) {
      const figures = recorded.figures(step);
      requireFinite(Object.values(figures), step.step + 1, rateName);
      interval.add(figures, imagesPerStep);
      recordStep?.(step);
    },
    log(step: S) {
      const done = step.step + 1;
      const ended = { step, done, summary: interval.close(steps - done) };
      const event = recorded.event(ended);
      for (const sink of sinks) sink.record({ ...ended, event });
    },
    checkpoint: (step: S) => save(step, recorded.state(step)),
    /** Lets the step be saved later, as long as its weights are not updated. */
    remember(step: S) {
      if (rescue === undefined || collective.size === 1) return;
      const { updates } = learner;
      const atEnd = recorded.state(step);
      rescue.save = () => {
        if (learner.updates !== updates) return undefined;
        if (savedStep !== step.step + 1) save(step, atEnd);
        return savedStep;
      };
    },
  };
}

/** The part of a checkpoint's state that the recorder adds: the values of the unfinished interval. */
interface SavedInterval {
  readonly interval?: IntervalValues;
}
