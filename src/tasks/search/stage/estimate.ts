/** What a stage will take, measured on a few of its steps before it runs. */
import { readFileSync } from 'node:fs';
import { randomStream } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import { type DistillationSet, openDistillationSet } from '#data/sets/distillation-set';
import { type JobKind, runJob, serving, unattended } from '#jobs/job';
import { type Workers, workersFor } from '#jobs/workers/launcher';
import { randomDecisions } from '#networks/space/random-decisions';
import { judgeTime } from '#tasks/search/candidates';
import { finalists } from '#tasks/search/conclusion';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { type ControllerState, startController } from '#tasks/search/controller/reinforce';
import { likelyDecisions } from '#tasks/search/plan';
import { type SearchParts, search, searchParts, startSuperNet } from '#tasks/search/ports';
import type { SuperNet } from '#tasks/search/supernet/supernet';
import { type StageTask, streamOf } from './stage-task.js';

export interface Estimate {
  /** Of the whole stage, from its first step to its result. */
  readonly seconds: number;
  readonly stepMs: number;
  /** Resident memory of all workers together. */
  readonly memoryMb: number;
}

/** What every worker is told of an estimate. */
interface EstimateJob {
  readonly task: StageTask;
  /** The folder of the distillation set. */
  readonly folder: string;
  /** An architecture such as the search may find. */
  readonly likely: readonly number[];
}

const estimateJob: JobKind<EstimateJob, DistillationSet, SuperNet, Measured> = {
  module: '#tasks/search/stage/estimate',
  open: ({ folder }) => openDistillationSet(folder),
  learner: ({ task }) => startSuperNet(task),
  work: (worker) => {
    const { task, likely } = worker.job;
    return measured(searchParts(worker, randomStream(`${streamOf(task)}/estimate`)), likely);
  },
};

export const serve = serving(estimateJob);

/** Measures on this machine, on a few steps, what a planned stage will take; nothing is written. */
export async function estimateStage(task: StageTask, set: DistillationSet, most: Workers): Promise<Estimate> {
  const workers = workersFor(most, task.settings.samplesPerStep);
  const job = { task, folder: set.folder, likely: likelyDecisions(task) };
  const figures = (await runJob(estimateJob, { job, data: set, workers }, unattended)) as Measured;
  const { stepMs, judgeMs, memoryBytes } = figures;
  const { candidates, random } = finalists(task, startController(controllerChoices(task.space)).policy);
  const rounds = Math.ceil((candidates.length + random.length) / workers.count);
  const seconds = (task.settings.steps * stepMs + rounds * judgeMs) / 1000;
  return { seconds, stepMs, memoryMb: Math.round(memoryBytes / 2 ** 20) };
}

const places = 10; // in the course of the search, evenly spread
const stepsAtPlace = 4; // of which the first is not counted
const judgedOnes = 4;

interface Measured {
  readonly stepMs: number;
  /** Of one architecture, on the whole held-out split. */
  readonly judgeMs: number;
  /** The most that all workers had together. */
  readonly memoryBytes: number;
}

/**
 * Runs a few steps at places spread over the search, each with the policy as it may be there: on its way from uniform to
 * the likely architecture. All workers call it alike.
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
  const judged = Array.from({ length: judgedOnes }, () => judgeTime(parts, randomDecisions(space, random)));
  const judgeMs = meanOf(judged.slice(1)); // the first one makes what stays
  const memory = Float64Array.of(peakResident());
  await collective.sum(memory);
  return { stepMs: meanOf(times), judgeMs, memoryBytes: memory[0] as number };
}

const decided = 8; // a logit that leaves the other options next to nothing

function onItsWay({ space, settings }: StageTask, likely: readonly number[], progress: number): ControllerState {
  const start = startController(controllerChoices(space), settings.controller.temperature);
  const logits = start.policy.logits.map((row, i) => row.map((_, j) => (j === likely[i] ? decided * progress : 0)));
  return { ...start, policy: { ...start.policy, logits } };
}

/** The most bytes of memory that this process has held; without /proc, what it holds now. */
function peakResident(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return 1024 * Number(kilobytes);
  } catch {
    // not Linux
  }
  return process.memoryUsage().rss;
}
