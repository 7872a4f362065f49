/** A stage rehearsed in seconds: its own loop, controller, schedule, reward and cost tables, on made-up qualities. */

import { randomStream } from '#core/random';
import { targetTable } from '#networks/cost/target';
import type { Decisions } from '#networks/space/space';
import { scheduleSettings } from '#tasks/search/config/stage-settings';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { argmax, type Policy } from '#tasks/search/controller/policy';
import { startController } from '#tasks/search/controller/reinforce';
import { type CostTerm, reward } from '#tasks/search/controller/reward';
import { samples } from '#tasks/search/controller/sample';
import { learningRateAt, schedule, warmupAt } from '#tasks/search/controller/schedule';
import { searchLoop } from './loop.js';
import { madeUpQuality } from './made-up-quality.js';
import { likelyDecisions } from './plan.js';
import { costTerms } from './ports.js';
import { predictedBest } from './prediction/predicted-best.js';
import { type MeasuredStep, measuredStep } from './prediction/quality-model.js';
import type { StageTask } from './stage/stage-task.js';

/** The end of a rehearsed search. */
export interface Rehearsal {
  readonly policy: Policy;
  /** The policy's argmax or, with `select: bestPredicted`, the network with the best predicted reward. */
  readonly decisions: Decisions;
  readonly costs: readonly CostTerm[];
  /** Quality and reward of any architecture of the space, without noise. */
  qualityOf(decisions: Decisions): number;
  rewardOf(decisions: Decisions): number;
}

/**
 * Runs the stage's own loop with made-up qualities, `madeUpQuality` of the seed, each measured with the noise of its
 * validation batch: the standard error sqrt(q (1 - q) / images), independent for each sample. Shared weights, which learn
 * while the controller does, are not rehearsed.
 */
export async function rehearse(task: StageTask, seed: string): Promise<Rehearsal> {
  const { space, settings, targets } = task;
  const { samplesPerStep, steps, controller } = settings;
  const timetable = schedule(scheduleSettings(settings));
  const qualityOf = madeUpQuality(space, likelyDecisions(task), seed);
  const costsOf = costTerms(targetTable(space, targets), targets);
  const random = randomStream(`${seed}/controller`);
  const noise = randomStream(`${seed}/noise`);
  const isPredicted = settings.select !== 'argmax' && 'bestPredicted' in settings.select;
  const measured: MeasuredStep[] = [];
  const { policy } = await searchLoop(
    startController(controllerChoices(space), controller.temperature),
    {
      from: 0,
      steps,
      reward: settings.reward,
      learningRate: settings.strategy === 'random' ? () => 0 : (step) => learningRateAt(timetable, step),
      entropyBonus: controller.entropyBonus,
    },
    {
      samples: (current, step) => samples(current, samplesPerStep, random, warmupAt(timetable, step)),
      trainStep: async () => 0,
      qualities: async (drawn) =>
        drawn.map(({ decisions }) => {
          const quality = qualityOf(decisions);
          return quality + Math.sqrt((quality * (1 - quality)) / settings.validationBatch) * noise.normal();
        }),
      costs: ({ decisions }) => costsOf(decisions),
      record: async ({ outcomes }) => {
        if (isPredicted) measured.push(measuredStep(outcomes));
        return true;
      },
    },
  );
  const likely = argmax(policy);
  const predicted = isPredicted ? predictedBest(task, costsOf, measured, { count: 1, start: likely }).decisions : [];
  const decisions = predicted[0] ?? likely;
  const rewardOf = (any: Decisions) => reward(settings.reward, qualityOf(any), costsOf(any));
  return { policy, decisions, costs: costsOf(decisions), qualityOf, rewardOf };
}

/**
 * Shortens a stage that has more steps. Its controller travels as far as before but no farther than `logitTravel`: it
 * settles within 100, and a travel of thousands over few steps would be another search.
 */
export function shortened(task: StageTask, steps: number, logitTravel = 100): StageTask {
  const { settings } = task;
  if (settings.steps <= steps) return task;
  const { learningRate: _, ...controller } = { learningRate: 0, ...settings.controller };
  const own = schedule(scheduleSettings(settings)).logitTravel;
  return {
    ...task,
    settings: { ...settings, steps, controller: { ...controller, logitTravel: Math.min(own, logitTravel) } },
  };
}
