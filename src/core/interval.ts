/** Means over the steps of an interval, with its speed and the time that is left. */
import { meanOf } from './scoring.js';

export interface IntervalSummary {
  readonly means: Readonly<Record<string, number>>;
  readonly imagesPerSecond: number;
  /** Share of the interval spent waiting for data. */
  readonly dataWait: number;
  readonly secondsLeft: number;
}

export interface Interval {
  add(values: Readonly<Record<string, number>>, images: number): void;
  /** Sums up and begins the next interval. */
  close(stepsLeft: number): IntervalSummary;
}

/** @param clock  milliseconds; @param waitMs  milliseconds spent waiting for data since the start */
export function startInterval(clock: () => number, waitMs: () => number): Interval {
  let values = new Map<string, number[]>();
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
  };
}
