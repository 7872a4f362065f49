/** The verdict on a search in sentences: its target, its result, and how that compares. */
import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import type { Cost, RandomSummary, SearchResult } from '#jobs/runs/run-result';
import type { ReportedRun } from './reported-run.js';

export interface Verdict {
  readonly outcome: 'met' | 'missed' | 'unfinished';
  /** A few words: `target met`. */
  readonly short: string;
  /** One sentence each. */
  readonly sentences: readonly string[];
}

export function verdictOf(run: ReportedRun): Verdict {
  const { result } = run;
  if (result === null) return unfinished(run);
  const isMet = result.missed.length === 0;
  return {
    outcome: isMet ? 'met' : 'missed',
    short: isMet ? 'target met' : 'target missed',
    sentences: [foundSentence(run, result), targetSentence(run, result), randomSentence(result)],
  };
}

function unfinished({ id, stage, status, step, steps, reason, found, costs }: ReportedRun): Verdict {
  const state = { running: 'is in progress', stopped: 'is stopped', failed: 'failed', done: 'has no result' }[status];
  const why = reason === undefined ? '' : ` (${reason})`;
  const wanted = costs.map(({ name, target }) => amountText(name, target)).join(' and ');
  return {
    outcome: 'unfinished',
    short: { running: 'in progress', stopped: 'stopped', failed: 'failed', done: 'no result' }[status],
    sentences: [
      `${id}, a ${stage} search${wanted === '' ? '' : ` for ${wanted}`}, ${state} after ${grouped(step)} of ${grouped(steps)} steps${why}: it has no result yet, and this page shows what its logs hold.`,
      found === null
        ? 'Its policy has not been logged yet.'
        : `The architecture below is the most likely one of its policy after step ${grouped(found.step)}, not a result.`,
    ],
  };
}

function foundSentence({ id, stage, steps, settings }: ReportedRun, { held, costs, candidates }: SearchResult): string {
  const [from, to] = held.top1Interval;
  const searched = settings.strategy === 'random' ? 'drew random architectures' : 'searched';
  const amounts = Object.entries(costs).map(([name, { value }]) => amountText(name, value));
  const among = candidates.length > 1 ? `, the best of ${candidates.length} candidates by reward` : '';
  return `${id}, a ${stage} search, ${searched} for ${grouped(steps)} steps and found an architecture of ${amounts.join(' and ')} with ${percent(held.top1, 1)} accuracy in its SuperNet on ${grouped(held.n)} validation images (95 % interval ${percent(from, 1)} to ${percent(to, 1)})${among}.`;
}

function targetSentence({ settings }: ReportedRun, { costs, missed }: SearchResult): string {
  const distances = Object.entries(costs).map(
    ([name, { value, target }]) => `${distanceText({ value, target })} its target of ${amountText(name, target)}`,
  );
  const verdict = missed.length === 0 ? 'The target is met' : 'The target is missed';
  return `${verdict}: the architecture is ${distances.join(', and ')}; the tolerance is ${percent(settings.tolerance, 0)}.`;
}

/** Formats how far a cost is from its target: `2.5 % below`. */
export function distanceText({ value, target }: Pick<Cost, 'value' | 'target'>): string {
  const distance = value / target - 1;
  if (Math.abs(distance) < 0.0005) return 'on';
  return `${percent(Math.abs(distance), 1)} ${distance < 0 ? 'below' : 'above'}`;
}

function randomSentence({ random, reward }: SearchResult): string {
  if (random === null) return 'It was not compared with random architectures (compareRandom is 0).';
  return `${randomVerdict(random, reward)} (reward ${random.bestReward.toFixed(4)}; on average ${random.meanReward.toFixed(4)}).`;
}

function randomVerdict({ n, bestReward }: RandomSummary, reward: number): string {
  const lead = `Its reward of ${reward.toFixed(4)} is`;
  const rival = `the best of ${n} random architectures, evaluated in the same SuperNet`;
  if (reward === bestReward) return `${lead} that of ${rival}`;
  return reward > bestReward ? `${lead} higher than that of ${rival}` : `${lead} lower than that of ${rival}`;
}

/** Formats an amount of a cost with its unit and, for a latency, its device. */
export function amountText(name: string, value: number): string {
  const [what, device] = name.split('@');
  const amount = value >= 10_000 ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)));
  if (what === 'latencyMs') return `${amount} ms on ${device}`;
  return `${amount} ${{ macs: 'MACs', params: 'parameters', peakMemory: 'bytes of peak memory' }[name] ?? name}`;
}

/** The title of a cost's axis or column, with the unit. */
export function costTitle(name: string): string {
  const [what, device] = name.split('@');
  if (what === 'latencyMs') return `latency on ${device}, ms`;
  return { macs: 'MACs', params: 'parameters', peakMemory: 'peak memory, bytes' }[name] ?? name;
}
