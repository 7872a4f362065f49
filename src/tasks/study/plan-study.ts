/** Plans a study's stages and trainings before any of them runs, so that its mistakes cost nothing. */
import { Failure } from '#core/failure';
import type { LocatedConfig } from '#tasks/search/config/config';
import { onTarget } from '#tasks/search/on-target';
import { openStageSet } from '#tasks/search/open';
import { planCoarse, planFine, type StagePlan, standInFor } from '#tasks/search/plan';
import { scaledNetwork } from '#tasks/search/scaled-network';
import { openTrainingData } from '#tasks/training/open-training-data';
import { requireFit, requireImages, requireNormalisable } from '#tasks/training/requirements';
import type { Arm } from './arm.js';
import type { Study } from './study.js';

interface Planned {
  readonly config: LocatedConfig;
  readonly plan: StagePlan;
}

/**
 * Plans every stage of every arm and of the judge, and checks that the recipe can train what they may find; a mistake
 * in any is a failure.
 */
export function planStudy({ arms, judge, recipe, measure }: Study): Planned[] {
  const planned = arms.flatMap((arm) => planArm(arm, measure));
  for (const { plan } of planned) requireNormalisable(plan.task.space, recipe);
  if (judge === undefined) return planned;
  const plan = planCoarse(judge);
  requireOnTarget(plan, 1);
  return [...planned, { config: judge, plan }];
}

function planArm({ stages, draw, scaled, coarseRuns, config: configOf }: Arm, measure: Study['measure']): Planned[] {
  const config = configOf(1);
  const coarse = planCoarse(config);
  if (scaled !== undefined) scaledNetwork(scaled, { ...coarse.task, tolerance: coarse.task.settings.tolerance });
  if (coarseRuns === undefined && (draw !== undefined || coarse.task.settings.strategy === 'random')) {
    requireOnTarget(coarse, measure === 'ranking' && stages.at(-1) === 'coarse' ? 2 : 1);
  }
  const plans = stages.includes('fine') ? [coarse, planFine(config, standInFor(coarse.task))] : [coarse];
  return plans.map((plan) => ({ config, plan }));
}

/** Refuses targets that fewer than `least` architectures of a space meet. */
function requireOnTarget({ task }: StagePlan, least: number): void {
  const { length } = onTarget({ ...task, seed: 0 }, least);
  if (length >= least) return;
  const message = `${task.space.name}: expected at least ${least} architectures on target; got ${length}`;
  throw new Failure('config', message, 'change the targets, or allow a larger tolerance');
}

/** Plans the study and opens all its images, which must exist and suffice. */
export async function requireStudy(study: Study): Promise<void> {
  const planned = planStudy(study);
  for (const { config, plan } of planned) openStageSet(plan.task, config);
  const [first] = planned as [Planned];
  const { shape, classes, images } = await openTrainingData(study.recipe, first.plan.task.space.classes);
  for (const { plan } of planned) requireFit(plan.task.space, shape, classes);
  requireImages(study.recipe, images);
}
