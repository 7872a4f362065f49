/** Evaluates architectures alike: in one SuperNet, on the whole validation split, each with its own BN statistics. */

import { Failure } from '#core/failure';
import { firstBatches } from '#data/sets/batches-in-turn';
import type { Batches } from '#data/sets/loader';
import type { Decisions } from '#networks/space/space';
import { type CostTerm, reward } from '#tasks/search/controller/reward';
import type { StageTask } from '#tasks/search/stage/stage-task';
import { type Evaluation, evaluate, splitImages } from '#tasks/training/evaluate';
import type { SearchParts } from './ports.js';

export interface EvaluatedCandidate {
  readonly decisions: Decisions;
  readonly evaluation: Evaluation;
  readonly quality: number;
  readonly costs: readonly CostTerm[];
  readonly reward: number;
}

/**
 * Evaluates the architectures, one per worker at a time, and returns all results on every worker. One that occurs again, as
 * most do when a policy that has decided is sampled, is evaluated once. The search itself is already saved, so a stop loses
 * only this evaluation.
 *
 * @param tell  called before each round with the number of different architectures evaluated so far
 */
export async function evaluateCandidates(
  parts: SearchParts,
  architectures: readonly Decisions[],
  tell: (judged: number) => void = () => {},
): Promise<EvaluatedCandidate[]> {
  const { rank, size } = parts.collective;
  const different = [...new Map(architectures.map((decisions) => [decisions.join(), decisions])).values()];
  const figures = new Float64Array(different.length * figureCount);
  for (let first = 0; first < different.length; first += size) {
    await requireGoingOn(parts);
    tell(first);
    const own = different[first + rank];
    if (own !== undefined) figures.set(figuresOf(await validationEvaluation(parts, own)), (first + rank) * figureCount);
  }
  await parts.collective.allReduce(figures);
  const evaluated = different.map((decisions, i) => {
    const own = figures.subarray(i * figureCount, (i + 1) * figureCount);
    return [decisions.join(), evaluatedCandidate(parts, decisions, own)] as const;
  });
  const byDecisions = new Map(evaluated);
  return architectures.map((decisions) => byDecisions.get(decisions.join()) as EvaluatedCandidate);
}

async function requireGoingOn({ collective, shouldStop, task }: SearchParts): Promise<void> {
  await new Promise(setImmediate); // lets signal handlers run
  if (!(await collective.any(shouldStop()))) return;
  const where = `stopped on request while the ${task.stage} stage was concluded`;
  throw new Failure('stopped', where, 'run the same command again to resume');
}

/** The parts that evaluating an architecture needs: a SuperNet, the set to evaluate on, and batches for statistics. */
export interface EvaluationParts extends Pick<SearchParts, 'supernet' | 'set'> {
  readonly task: Pick<StageTask, 'settings'>;
  readonly train: Batches;
}

/** Evaluates an architecture on the whole validation split, with BN statistics estimated for it. */
export function validationEvaluation(
  { supernet, set, train, task }: EvaluationParts,
  decisions: Decisions,
): Promise<Evaluation> {
  const batches = firstBatches(train, task.settings.statisticsBatches);
  return supernet.withStatistics({ decisions }, batches, (logits) => evaluate(splitImages(set.split('held')), logits));
}

/** Estimates the time in ms to evaluate an architecture, from one batch for statistics and one validation batch. */
export async function evaluationMs({ supernet, set, train, task }: SearchParts, decisions: Decisions): Promise<number> {
  const { value: batch } = await splitImages(set.split('held')).batches().next();
  if (batch === undefined) return 0;
  const start = performance.now();
  return supernet.withStatistics({ decisions }, firstBatches(train, 1), (logits) => {
    const estimated = performance.now();
    logits(batch);
    const passes = set.split('held').rows / batch.n;
    return (estimated - start) * task.settings.statisticsBatches + (performance.now() - estimated) * passes;
  });
}

const figureCount = 7;

type Figures = [number, number, number, number, number, number, number];

function figuresOf({ top1, top1Interval, top5, top5Interval, loss }: Evaluation): Figures {
  return [top1, ...top1Interval, top5, ...top5Interval, loss];
}

function evaluatedCandidate(
  { task: { settings }, set, costs: costsOf }: SearchParts,
  decisions: Decisions,
  figures: Float64Array,
): EvaluatedCandidate {
  const [top1, from1, to1, top5, from5, to5, loss] = Array.from(figures) as Figures;
  const { name: split, rows: n } = set.split('held');
  const top1Interval = [from1, to1] as const;
  const top5Interval = [from5, to5] as const;
  const evaluation = { split, n, top1, top1Interval, top5, top5Interval, loss };
  const quality = settings.quality === 'accuracy' ? top1 : -loss;
  const costs = costsOf(decisions);
  return { decisions, evaluation, quality, costs, reward: reward(settings.reward, quality, costs) };
}
