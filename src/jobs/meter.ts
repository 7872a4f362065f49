/** Means over the steps of an interval, with its speed and the remaining time. */
import { meanOf } from '#core/statistics/scoring';

export interface IntervalSummary {
  readonly means: Readonly<Record<string, number>>;
  readonly imagesPerSecond: number;
  /** Share of the interval spent waiting for data. */
  readonly dataWait: number;
  readonly secondsLeft: number;
}

export interface Meter {
  add(values: Readonly<Record<string, number>>, images: number): void;
  /** Returns the summary and begins the next interval. */
  close(stepsLeft: number): IntervalSummary;
  /** The values added since the last `close`, so that another process can resume the interval. */
  values(): IntervalValues;
}

/** Each step's values by name. */
export type IntervalValues = Readonly<Record<string, readonly number[]>>;

/**
 * Begins an interval.
 *
 * @param clock   milliseconds
 * @param waitMs  milliseconds spent waiting for data since the start
 * @param before  values from the steps of an earlier process; they count in the means, not in the speed
 */
export function startMeter(clock: () => number, waitMs: () => number, before: IntervalValues = {}): Meter {
  let values = new Map(Object.entries(before).map(([name, series]) => [name, [...series]]));
  let [steps, images, startedAt, waitedBefore] = [0, 0, clock(), waitMs()];
  return {
    add(step, stepImages) {
      for (const [name, value] of Object.entries(step)) values.set(name, [...(values.get(name) ?? []), value]);
      steps++;
      images += stepImages;
    },
    close(stepsLeft) {
      const elapsedMs = Math.max(clock() - startedAt, 1e-3);
      const summary = {
        means: Object.fromEntries([...values].map(([name, series]) => [name, meanOf(series)])),
        imagesPerSecond: (1000 * images) / elapsedMs,
        dataWait: (waitMs() - waitedBefore) / elapsedMs,
        secondsLeft: (stepsLeft * elapsedMs) / Math.max(steps, 1) / 1000,
      };
      values = new Map();
      [steps, images, startedAt, waitedBefore] = [0, 0, clock(), waitMs()];
      return summary;
    },
    values: () => Object.fromEntries(values),
  };
}
