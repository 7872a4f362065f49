/** Estimates a stage's time and memory from a few of its steps, measured before it runs. */
import { readFileSync } from 'node:fs';
import { randomStream } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import { openParts, partsOf, type SetPart, type TrainingSet } from '#data/sets/set-mix';
import { type JobKind, runJob, serving, unattended } from '#jobs/job';
import { type Workers, workersFor } from '#jobs/workers/launcher';
import { randomDecisions } from '#networks/space/random-decisions';
import { evaluationMs } from '#tasks/search/candidates';
import { candidateCount } from '#tasks/search/config/stage-settings';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { type ControllerState, startController } from '#tasks/search/controller/reinforce';
import { likelyDecisions } from '#tasks/search/plan';
import { type SearchParts, search, searchParts, startSuperNet } from '#tasks/search/ports';
import type { SuperNet } from '#tasks/search/supernet/supernet';
import { type StageTask, streamOf } from './stage-task.js';

export interface Estimate {
  /** Time of the whole stage, from its first step to its result. */
  readonly seconds: number;
  readonly stepMs: number;
  /** Resident memory of all workers together. */
  readonly memoryMb: number;
}

/** The description of an estimate that every worker receives. */
interface EstimateJob {
  readonly task: StageTask;
  /** The distillation sets. */
  readonly parts: readonly SetPart[];
  /** Decisions of an architecture that the search may find. */
  readonly likely: readonly number[];
}

const estimateJob: JobKind<EstimateJob, TrainingSet, SuperNet, Measured> = {
  module: '#tasks/search/stage/estimate',
  open: ({ parts }) => openParts(parts),
  learner: ({ task }) => startSuperNet(task),
  work: (worker) => {
    const { task, likely } = worker.job;
    return measured(searchParts(worker, randomStream(`${streamOf(task)}/estimate`)), likely);
  },
};

export const serve = serving(estimateJob);

/** Measures a few steps of a planned stage on this machine and estimates its time and memory; writes nothing. */
export async function estimateStage(task: StageTask, set: TrainingSet, most: Workers): Promise<Estimate> {
  const workers = workersFor(most, task.settings.samplesPerStep);
  const job = { task, parts: partsOf(set), likely: likelyDecisions(task) };
  const figures = (await runJob(estimateJob, { job, data: set, workers }, unattended)) as Measured;
  const { stepMs, candidateMs, memoryBytes } = figures;
  const evaluated = candidateCount(task.settings) + task.settings.compareRandom;
  const rounds = Math.ceil(evaluated / workers.count);
  const seconds = (task.settings.steps * stepMs + rounds * candidateMs) / 1000;
  return { seconds, stepMs, memoryMb: Math.round(memoryBytes / 2 ** 20) };
}

const places = 10; // evenly spread over the search
const stepsAtPlace = 4; // the first one is not timed
const evaluatedCandidates = 4;

interface Measured {
  readonly stepMs: number;
  /** Time to evaluate one architecture on the whole validation split. */
  readonly candidateMs: number;
  /** Sum of the workers' peak memory. */
  readonly memoryBytes: number;
}

/**
 * Runs a few steps at places spread over the search, each with a plausible policy for that place, between uniform and
 * the likely architecture. All workers must call it with the same arguments.
 */
async function measured(parts: SearchParts, likely: readonly number[]): Promise<Measured> {
  const { task, collective } = parts;
  const { settings, space } = task;
  const times: number[] = [];
  for (let place = 0; place < places; place++) {
    const progress = (place + 0.5) / places;
    const from = Math.max(0, Math.min(settings.steps - stepsAtPlace, Math.floor(progress * settings.steps)));
    let last = performance.now();
    await search(parts, onItsWay(task, likely, progress), from, async ({ step }) => {
      await new Promise(setImmediate);
      const now = performance.now();
      if (step > from) times.push(now - last);
      last = now;
      return step + 1 < from + stepsAtPlace;
    });
  }
  const random = randomStream('estimate/judged');
  const judged: number[] = [];
  for (let i = 0; i < evaluatedCandidates; i++) judged.push(await evaluationMs(parts, randomDecisions(space, random)));
  const candidateMs = meanOf(judged.slice(1)); // the first one also fills caches
  const memory = Float64Array.of(peakResident());
  await collective.allReduce(memory);
  return { stepMs: meanOf(times), candidateMs, memoryBytes: memory[0] as number };
}

const decided = 8; // a logit at which the other options have almost no probability

function onItsWay({ space, settings }: StageTask, likely: readonly number[], progress: number): ControllerState {
  const start = startController(controllerChoices(space), settings.controller.temperature);
  const logits = start.policy.logits.map((row, i) => row.map((_, j) => (j === likely[i] ? decided * progress : 0)));
  return { ...start, policy: { ...start.policy, logits } };
}

/** Returns the peak resident memory of this process in bytes or, without /proc, the current one. */
function peakResident(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return 1024 * Number(kilobytes);
  } catch {
    // not Linux
  }
  return process.memoryUsage().rss;
}
