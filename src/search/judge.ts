/** Architectures judged alike: in one SuperNet, on the whole held-out split, each with BN statistics of its own. */
import type { Random } from '../core/random.js';
import type { CostTerm, RewardKind } from '../controller/reward.js';
import { reward } from '../controller/reward.js';
import type { Split } from '../data/distillation-set.js';
import type { Batches } from '../data/loader.js';
import { disposeStatistics } from '../nn/model.js';
import type { Decisions, Space } from '../space/space.js';
import { superForward } from '../supernet/super-forward.js';
import type { SuperNet } from '../supernet/supernet.js';
import { type Evaluation, evaluate } from '../train/evaluate.js';

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
  const forward = superForward(supernet.space, { decisions });
  const statistics = supernet.model.estimateStatistics(forward, firstBatches(train, statisticsBatches));
  try {
    const evaluation = evaluate(held, (batch) => supernet.model.logits(forward, batch, statistics));
    const quality = judgeWith.quality === 'accuracy' ? evaluation.top1 : -evaluation.loss;
    const costs = judgeWith.costs(decisions);
    return { decisions, evaluation, quality, costs, reward: reward(judgeWith.reward, quality, costs) };
  } finally {
    disposeStatistics(statistics);
    await new Promise(setImmediate);
  }
}

function* firstBatches(train: Batches, count: number) {
  for (let i = 0; i < count; i++) yield train.at(i);
}

/** Every option of every choice equally likely. */
export function randomDecisions(space: Space, random: Random): number[] {
  return space.choices.map(({ options }) => random.below(options.length));
}

