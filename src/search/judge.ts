/** Architectures judged alike: in one SuperNet, on the whole held-out split, each with BN statistics of its own. */

import type { CostTerm, RewardKind } from '../controller/reward.js';
import { reward } from '../controller/reward.js';
import type { Random } from '../core/random.js';
import type { Split } from '../data/distillation-set.js';
import type { Batches } from '../data/loader.js';
import type { Decisions, Space } from '../space/space.js';
import type { SuperNet } from '../supernet/supernet.js';
import { type Evaluation, evaluate, splitImages } from '../train/evaluate.js';

export interface Judge {
  readonly supernet: SuperNet;
  /** Where quality is measured. */
  readonly held: Split;
  /** Where BN statistics are estimated. */
  readonly train: Batches;
  readonly statisticsBatches: number;
  readonly quality: 'accuracy' | 'distillation';
  readonly reward: RewardKind;
  costs(decisions: Decisions): readonly CostTerm[];
}

export interface Judgement {
  readonly decisions: Decisions;
  readonly evaluation: Evaluation;
  readonly quality: number;
  readonly costs: readonly CostTerm[];
  readonly reward: number;
}

/** What the decisions are worth. Awaits the event loop once, so that many in a row can be stopped. */
export async function judge(judgeWith: Judge, decisions: Decisions): Promise<Judgement> {
  const { supernet, held, train, statisticsBatches } = judgeWith;
  const evaluation = supernet.withStatistics({ decisions }, firstBatches(train, statisticsBatches), (logits) =>
    evaluate(splitImages(held), logits),
  );
  const quality = judgeWith.quality === 'accuracy' ? evaluation.top1 : -evaluation.loss;
  const costs = judgeWith.costs(decisions);
  await new Promise(setImmediate); // signals are seen here
  return { decisions, evaluation, quality, costs, reward: reward(judgeWith.reward, quality, costs) };
}

function* firstBatches(train: Batches, count: number) {
  for (let i = 0; i < count; i++) yield train.at(i);
}

/** Every option of every choice equally likely. */
export function randomDecisions(space: Space, random: Random): number[] {
  return space.choices.map(({ options }) => random.below(options.length));
}
