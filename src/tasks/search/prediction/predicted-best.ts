/** The architectures with the highest predicted rewards, by a model of quality fitted to a search's samples. */
import { join } from 'node:path';
import { percent } from '#core/percent';
import { randomStream } from '#core/random';
import { readEvents } from '#jobs/runs/event-log';
import { type SampleLine, sampleLineSchema } from '#jobs/runs/run-events';
import { randomDecisions } from '#networks/space/random-decisions';
import type { Decisions, Space } from '#networks/space/space';
import { scheduleSettings } from '#tasks/search/config/stage-settings';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { type CostTerm, reward } from '#tasks/search/controller/reward';
import { schedule } from '#tasks/search/controller/schedule';
import type { SearchParts } from '#tasks/search/ports';
import { type StageTask, streamOf } from '#tasks/search/stage/stage-task';
import { bestNetworks } from './climb.js';
import { fitQuality, type MeasuredStep, type QualityModel } from './quality-model.js';

export interface PredictedBest {
  readonly decisions: readonly Decisions[];
  /** Undefined if the search has too few samples for a model; then there are no decisions either. */
  readonly model: QualityModel | undefined;
}

const randomStarts = 8;

/**
 * Fits a model of quality to the steps of a search after its delay, and returns up to `count` networks with the highest
 * rewards by predicted quality and exact costs, best first.
 *
 * @param steps  all steps, in their order
 * @param start  an architecture from which the search for the best begins, besides random ones
 */
export function predictedBest(
  task: Pick<StageTask, 'space' | 'settings' | 'seed' | 'stage'>,
  costsOf: (decisions: Decisions) => readonly CostTerm[],
  steps: readonly MeasuredStep[],
  { count, start }: { readonly count: number; readonly start: Decisions },
): PredictedBest {
  const { space, settings } = task;
  const model = fitQuality(controllerChoices(space), steps.slice(schedule(scheduleSettings(settings)).delaySteps));
  if (model === undefined) return { decisions: [], model };
  const rewardOf = (decisions: Decisions) => reward(settings.reward, model.predict(decisions), costsOf(decisions));
  const random = randomStream(`${streamOf(task)}/best-predicted`);
  const starts = Array.from({ length: randomStarts }, () => randomDecisions(space, random));
  return {
    decisions: bestNetworks(space, rewardOf, count, [start, ...starts]).map(({ decisions }) => decisions),
    model,
  };
}

/**
 * Returns the decisions of `predictedBest` from a run's log of samples, on every worker; worker 0, which has the run's
 * folder, notes how good the model is.
 */
export async function predictedFromLog(
  { task, costs, collective, observer }: SearchParts,
  wanted: { readonly count: number; readonly start: Decisions },
  folder: string | undefined,
): Promise<Decisions[]> {
  const { space, stage } = task;
  const flat = new Float32Array(wanted.count * space.choices.length).fill(none);
  if (folder !== undefined) {
    const { decisions, model } = predictedBest(task, costs, loggedSamples(folder), wanted);
    flat.set(decisions.flat());
    observer.note(`${stage}: ${described(model)}`);
  }
  await collective.broadcast(flat);
  return rowsOf(flat, space).filter(([first]) => first !== none);
}

const none = -1; // in the place of a decision: no architecture

function rowsOf(flat: Float32Array, { choices }: Space): number[][] {
  const width = choices.length;
  return Array.from({ length: flat.length / width }, (_, i) => [...flat.subarray(i * width, (i + 1) * width)]);
}

function loggedSamples(folder: string): SampleLine[] {
  return readEvents(join(folder, 'samples.jsonl')).flatMap((line) => sampleLineSchema.safeParse(line).data ?? []);
}

function described(model: QualityModel | undefined): string {
  if (model === undefined) return 'too few samples for a regression of quality';
  const { samples, explained } = model;
  return `a regression over ${samples} samples explains ${percent(Math.max(0, explained), 1)} of the differences in quality within a step`;
}
