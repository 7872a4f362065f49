/** The architectures of a search whose accuracy is known on the whole validation split, and their Pareto front. */
import type { Candidate } from '#jobs/runs/run-result';
import { networkKey } from '#networks/space/network-key';
import { close } from '#networks/space/space';
import { paretoFront } from '#tasks/devices/pareto';
import type { ReportedRun } from './reported-run.js';

export type Origin = 'result' | 'candidate' | 'random';

/** One architecture, evaluated in the SuperNet with BN statistics estimated for it. */
export interface EvaluatedPoint {
  readonly run: string;
  /** The result, another candidate of the policy, or a random architecture of the baseline. */
  readonly origin: Origin;
  /** How often it was drawn. */
  readonly drawn: number;
  readonly decisions: readonly number[];
  readonly top1: number;
  readonly quality: number;
  readonly reward: number;
  /** Each cost by name. */
  readonly costs: Readonly<Record<string, number>>;
}

/**
 * Returns the evaluated architectures of a run, each network once per origin: first the result, then the other
 * candidates, then the random baseline, where the run recorded it one by one. Empty before the run is done.
 */
export function evaluatedPoints(run: ReportedRun): EvaluatedPoint[] {
  const { result } = run;
  if (result === null) return [];
  const candidates = distinct(run, 'candidate', result.candidates);
  const key = keyOf(run, result.decisions);
  const winner = candidates.get(key);
  candidates.delete(key);
  const best = {
    ...{ run: run.id, origin: 'result' as const, drawn: winner?.drawn ?? 1, decisions: result.decisions },
    ...{ top1: result.held.top1, quality: result.quality, reward: result.reward, costs: valuesOf(result.costs) },
  };
  const random = distinct(run, 'random', result.randomCandidates ?? []);
  return [best, ...candidates.values(), ...random.values()];
}

function distinct(run: ReportedRun, origin: Origin, candidates: readonly Candidate[]): Map<string, EvaluatedPoint> {
  const points = new Map<string, EvaluatedPoint>();
  for (const { decisions, held, quality, reward, costs } of candidates) {
    const key = keyOf(run, decisions);
    const drawn = (points.get(key)?.drawn ?? 0) + 1;
    points.set(key, {
      run: run.id,
      origin,
      drawn,
      decisions,
      top1: held.top1,
      quality,
      reward,
      costs: valuesOf(costs),
    });
  }
  return points;
}

function keyOf({ space }: ReportedRun, decisions: readonly number[]): string {
  return networkKey(close(space, decisions));
}

function valuesOf(costs: Candidate['costs']): Record<string, number> {
  return Object.fromEntries(Object.entries(costs).map(([name, { value }]) => [name, value]));
}

/** True for each point on the front of accuracy and this cost; only points that have the cost can be on it. */
export function onFront(points: readonly EvaluatedPoint[], cost: string): boolean[] {
  const known = points.filter(({ costs }) => costs[cost] !== undefined);
  const front = paretoFront(known.map(({ top1, costs }) => ({ accuracy: top1, latency: costs[cost] as number })));
  return points.map((point) => front[known.indexOf(point)] ?? false);
}
