/** Thins the series of long runs, so that a page stays small; the page says what was done. */
import type { SearchEvent } from '#jobs/runs/run-events';

/** The figures of an event that are means over its interval. */
export interface IntervalMeans {
  readonly loss: number;
  readonly quality: number;
  readonly reward: number;
  /** Mean of each cost over the sampled architectures, by name. */
  readonly costs: Readonly<Record<string, number>>;
}

/** Neighbouring intervals of a run's log, merged into one. */
export interface MergedInterval {
  /** Finished steps before the first interval. */
  readonly from: number;
  /** The last event, whose figures at the interval's end (policy, baseline, entropy) hold for the whole. */
  readonly last: SearchEvent;
  /** Means over all steps. */
  readonly means: IntervalMeans;
  /** The lowest and the highest reward and quality of the merged intervals. */
  readonly reward: Range;
  readonly quality: Range;
}

export type Range = readonly [lowest: number, highest: number];

/**
 * Merges neighbouring intervals until at most `most` are left, each of equally many events except for the last. Means
 * are weighted by numbers of steps, so each is the mean over all steps of the merged interval.
 */
export function mergedIntervals(events: readonly SearchEvent[], most: number): MergedInterval[] {
  const size = Math.max(1, Math.ceil(events.length / most));
  const merged: MergedInterval[] = [];
  for (let at = 0; at < events.length; at += size) merged.push(mergedEvents(events, at, size));
  return merged;
}

function mergedEvents(events: readonly SearchEvent[], at: number, size: number): MergedInterval {
  const part = events.slice(at, at + size);
  const starts = part.map((_, i) => events[at + i - 1]?.step ?? 0);
  const weights = part.map(({ step }, i) => Math.max(1, step - (starts[i] as number)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (value: (event: SearchEvent) => number) =>
    part.reduce((sum, event, i) => sum + value(event) * (weights[i] as number), 0) / total;
  const last = part.at(-1) as SearchEvent;
  const costs = Object.keys(last.costs).map((name) => {
    return [name, mean((event) => (event.costs[name] ?? last.costs[name])?.value as number)];
  });
  return {
    from: starts[0] as number,
    last,
    means: {
      loss: mean(({ loss }) => loss),
      quality: mean(({ quality }) => quality),
      reward: mean(({ reward }) => reward),
      costs: Object.fromEntries(costs),
    },
    reward: rangeOf(part.map(({ reward }) => reward)),
    quality: rangeOf(part.map(({ quality }) => quality)),
  };
}

function rangeOf(values: readonly number[]): Range {
  return [Math.min(...values), Math.max(...values)];
}

/** At most `most` values at equal distances, the first and the last among them. */
export function evenly<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  if (most < 2) return values.slice(-most);
  const distance = (values.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => values[Math.round(i * distance)] as T);
}
