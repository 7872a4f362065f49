/** A study's stages and trainings planned before any of them runs, so that its mistakes cost nothing. */
import type { LocatedConfig } from '../search/config.js';
import { openStageSet, type PlannedStage, planCoarse, planFine, standInFor } from '../search/start-search.js';
import { openTrainingData } from '../train/open-training-data.js';
import { requireImages, requireNormalisable } from '../train/requirements.js';
import { requireFit } from '../train/start-training.js';
import type { Arm, Study } from './study.js';

interface Planned {
  readonly config: LocatedConfig;
  readonly plan: PlannedStage;
}

/** Plans every stage of every arm, and the trainings of what may come out; what is wrong in any is a failure. */
export function planStudy({ arms, judge, recipe }: Study): Planned[] {
  const planned = arms.flatMap(planArm);
  for (const { plan } of planned) requireNormalisable(plan.space, recipe);
  return judge === undefined ? planned : [...planned, { config: judge, plan: planCoarse(judge) }];
}

function planArm({ stages, config: configOf }: Arm): Planned[] {
  const config = configOf(1);
  const coarse = planCoarse(config);
  const plans = stages.includes('fine') ? [coarse, planFine(config, standInFor(coarse))] : [coarse];
  return plans.map((plan) => ({ config, plan }));
}

/** The same, and all images opened, which must be there and suffice. */
export function requireStudy(study: Study): void {
  const planned = planStudy(study);
  for (const { config, plan } of planned) openStageSet(config, plan);
  const [first] = planned as [Planned];
  const { shape, classes, images } = openTrainingData(study.recipe, first.plan.space.classes);
  for (const { plan } of planned) requireFit(plan.space, shape, classes);
  requireImages(study.recipe, images);
}
