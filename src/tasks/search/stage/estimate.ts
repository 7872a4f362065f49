/** What a stage will take, measured on a few of its steps before it runs. */
import { readFileSync } from 'node:fs';
import { randomStream } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import type { DistillationSet } from '#data/sets/distillation-set';
import type { Collective } from '#jobs/workers/collective';
import { type Workers, withComputingTeam, workersFor } from '#jobs/workers/worker-pool';
import { randomDecisions } from '#networks/space/random-decisions';
import { judgeTime } from '#tasks/search/candidates';
import { finalists } from '#tasks/search/conclusion';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { type ControllerState, startController } from '#tasks/search/controller/reinforce';
import { search, searchParts, startSuperNet, streamOf } from '#tasks/search/ports';
import type { SearchParts, StageTask } from './stage-request.js';

export interface Estimate {
  /** Of the whole stage, from its first step to its result. */
  readonly seconds: number;
  readonly stepMs: number;
  /** Resident memory of all workers together. */
  readonly memoryMb: number;
}

/** What a worker of an estimate is told. */
export interface EstimateJob {
  readonly task: StageTask;
  readonly folder: string;
  /** An architecture such as the search may find. */
  readonly likely: readonly number[];
}

const module = new URL('../../../../dist/tasks/search/stage/estimate-worker.js', import.meta.url);

export async function estimateStage(
  task: StageTask,
  set: DistillationSet,
  likely: readonly number[],
  workers: Workers,
): Promise<Estimate> {
  const team = workersFor(workers, task.settings.samplesPerStep);
  const supernet = startSuperNet(task);
  try {
    const job: EstimateJob = { task, folder: set.folder, likely };
    const request = { module, job, longest: supernet.model.layout.size };
    return await withComputingTeam(team, request, async (collective) => {
      const parts = estimateParts(task, set, supernet, collective);
      const { stepMs, judgeMs, memoryBytes } = await measured(parts, likely);
      const { candidates, random } = finalists(task, startController(controllerChoices(task.space)).policy);
      const rounds = Math.ceil((candidates.length + random.length) / team.count);
      const seconds = (task.settings.steps * stepMs + rounds * judgeMs) / 1000;
      return { seconds, stepMs, memoryMb: Math.round(memoryBytes / 2 ** 20) };
    });
  } finally {
    supernet.dispose();
  }
}

/** The parts of a worker that only measures. */
export function estimateParts(
  task: StageTask,
  set: DistillationSet,
  supernet: SearchParts['supernet'],
  collective: Collective,
): SearchParts {
  const random = randomStream(`${streamOf(task)}/estimate`);
  return searchParts({ ...task, set, supernet, collective, random, shouldStop: () => false, profile: async () => {} });
}

const places = 10; // in the course of the search, evenly spread
const stepsAtPlace = 4; // of which the first is not counted
const judgedOnes = 4;

export interface Measured {
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
export async function measured(parts: SearchParts, likely: readonly number[]): Promise<Measured> {
  const { settings, collective } = parts;
  const times: number[] = [];
  for (let place = 0; place < places; place++) {
    const progress = (place + 0.5) / places;
    const from = Math.max(0, Math.min(settings.steps - stepsAtPlace, Math.floor(progress * settings.steps)));
    let last = performance.now();
    await search(parts, onItsWay(parts, likely, progress), from, async ({ step }) => {
      await new Promise(setImmediate);
      const now = performance.now();
      if (step > from) times.push(now - last);
      last = now;
      return step + 1 < from + stepsAtPlace;
    });
  }
  const random = randomStream('estimate/judged');
  const judged: number[] = [];
  for (let i = 0; i < judgedOnes; i++) judged.push(await judgeTime(parts, randomDecisions(parts.space, random)));
  const judgeMs = meanOf(judged.slice(1)); // the first one makes what stays
  const memory = Float64Array.of(peakResident());
  await collective.sum(memory);
  return { stepMs: meanOf(times), judgeMs, memoryBytes: memory[0] as number };
}

const decided = 8; // a logit that leaves the other options next to nothing

function onItsWay({ space, settings }: SearchParts, likely: readonly number[], progress: number): ControllerState {
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
