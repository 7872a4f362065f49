/** Architectures judged alike: in one SuperNet, on the whole held-out split, each with BN statistics of its own. */

import { Failure } from '#core/failure';
import { firstBatches } from '#data/sets/batches-in-turn';
import type { Batches } from '#data/sets/loader';
import type { Decisions } from '#networks/space/space';
import { type CostTerm, reward } from '#tasks/search/controller/reward';
import type { StageTask } from '#tasks/search/stage/stage-task';
import { type Evaluation, evaluate, splitImages } from '#tasks/training/evaluate';
import type { SearchParts } from './ports.js';

export interface Judgement {
  readonly decisions: Decisions;
  readonly evaluation: Evaluation;
  readonly quality: number;
  readonly costs: readonly CostTerm[];
  readonly reward: number;
}

/**
 * What each of the architectures is worth; the workers judge one each at a time, and all of them learn of all. The search
 * itself is saved by now, so that a stop costs the judging alone.
 *
 * @param tell  is told before each round how many are judged
 */
export async function judgeAll(
  parts: SearchParts,
  architectures: readonly Decisions[],
  tell: (judged: number) => void = () => {},
): Promise<Judgement[]> {
  const { rank, size } = parts.collective;
  const figures = new Float64Array(architectures.length * figureCount);
  for (let first = 0; first < architectures.length; first += size) {
    await requireGoingOn(parts);
    tell(first);
    const own = architectures[first + rank];
    if (own !== undefined) figures.set(figuresOf(await validationEvaluation(parts, own)), (first + rank) * figureCount);
  }
  await parts.collective.allReduce(figures);
  return architectures.map((decisions, i) =>
    judgement(parts, decisions, figures.subarray(i * figureCount, (i + 1) * figureCount)),
  );
}

async function requireGoingOn({ collective, shouldStop, task }: SearchParts): Promise<void> {
  await new Promise(setImmediate); // signals are seen here
  if (!(await collective.any(shouldStop()))) return;
  const where = `stopped on request while the ${task.stage} stage was concluded`;
  throw new Failure('stopped', where, 'run the same command again to go on');
}

/** What judging an architecture takes: a SuperNet, the split it is judged on, and batches for statistics. */
export interface Judge extends Pick<SearchParts, 'supernet' | 'set'> {
  readonly task: Pick<StageTask, 'settings'>;
  readonly train: Batches;
}

/** On the whole held-out split, with BN statistics estimated for the architecture. */
export function validationEvaluation({ supernet, set, train, task }: Judge, decisions: Decisions): Promise<Evaluation> {
  const batches = firstBatches(train, task.settings.statisticsBatches);
  return supernet.withStatistics({ decisions }, batches, (logits) => evaluate(splitImages(set.split('held')), logits));
}

/** Milliseconds that judging an architecture takes, estimated from one batch of each kind. */
export async function judgeTime({ supernet, set, train, task }: SearchParts, decisions: Decisions): Promise<number> {
  const [batch] = splitImages(set.split('held')).batches();
  if (batch === undefined) return 0;
  const start = performance.now();
  return supernet.withStatistics({ decisions }, firstBatches(train, 1), (logits) => {
    const estimated = performance.now();
    logits(batch);
    const passes = set.split('held').rows / batch.n;
    return (estimated - start) * task.settings.statisticsBatches + (performance.now() - estimated) * passes;
  });
}

const figureCount = 5;

function figuresOf({ top1, top1Interval, top5, loss }: Evaluation): number[] {
  return [top1, ...top1Interval, top5, loss];
}

function judgement(
  { task: { settings }, set, costs: costsOf }: SearchParts,
  decisions: Decisions,
  figures: Float64Array,
): Judgement {
  const [top1, from, to, top5, loss] = figures as unknown as [number, number, number, number, number];
  const { name: split, rows: n } = set.split('held');
  const evaluation = { split, n, top1, top1Interval: [from, to] as const, top5, loss };
  const quality = settings.quality === 'accuracy' ? top1 : -loss;
  const costs = costsOf(decisions);
  return { decisions, evaluation, quality, costs, reward: reward(settings.reward, quality, costs) };
}
