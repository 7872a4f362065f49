/** Counts the values of a tensor over many images, and chooses the range that int8 covers from the counts. */
import { highest, lowest, type Range } from './parameters.js';

const bins = 2048;
const tail = 1e-4; // the share of values that a percentile range leaves out at each end

/** The ways to choose a range: all values, all but 0.01 % at each end, or the smallest mean squared error. */
export const rangeRules = ['min-max', 'percentile', 'mse'] as const;
export type RangeRule = (typeof rangeRules)[number];

/** Counts of values in bins of equal width; zeros are left out, since int8 expresses 0 exactly in any range. */
export class Histogram {
  readonly #range: Range;
  readonly #counts = new Float64Array(bins);

  /** @param range  of all values to come, `max` above `min` */
  constructor(range: Range) {
    this.#range = range;
  }

  add(values: Float32Array): void {
    const { min, max } = this.#range;
    const perUnit = bins / (max - min);
    const counts = this.#counts;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value === 0) continue;
      const bin = Math.min(bins - 1, Math.floor((value - min) * perUnit));
      counts[bin] = (counts[bin] as number) + 1;
    }
  }

  rangeBy(rule: RangeRule): Range {
    if (rule === 'min-max') return this.#range;
    return rule === 'percentile' ? this.#percentile() : this.#leastError();
  }

  #percentile(): Range {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const first = this.#binAt(tail * total, (i) => i);
    const last = bins - 1 - this.#binAt(tail * total, (i) => bins - 1 - i);
    return { min: this.#edge(first), max: this.#edge(last + 1) };
  }

  /** Returns how many whole bins, in an order, together hold fewer than `count` values. */
  #binAt(count: number, order: (i: number) => number): number {
    let sum = 0;
    let i = 0;
    while (i < bins - 1) {
      sum += this.#counts[order(i)] as number;
      if (sum > count) break;
      i++;
    }
    return i;
  }

  /** Returns the range with the least expected squared error, each end moved in turn until neither gains. */
  #leastError(): Range {
    let best = { min: this.#range.min, max: this.#range.max };
    let error = this.#errorOf(best);
    for (let before = Infinity; error < before; ) {
      before = error;
      for (const end of ['min', 'max'] as const) {
        for (let share = 99; share > 0; share--) {
          const candidate = { ...best, [end]: (this.#range[end] * share) / 100 };
          const found = this.#errorOf(candidate);
          if (found < error) [best, error] = [candidate, found];
        }
      }
    }
    return best;
  }

  /** Sum of squared errors: a twelfth of a squared step for values within the range, the distance to it for the others. */
  #errorOf({ min, max }: Range): number {
    const [low, high] = [Math.min(0, min), Math.max(0, max)];
    const step = (high - low) / (highest - lowest);
    const within = step ** 2 / 12;
    let error = 0;
    for (let bin = 0; bin < bins; bin++) {
      const count = this.#counts[bin] as number;
      const value = this.#edge(bin + 0.5);
      const outside = value < low ? low - value : value > high ? value - high : 0;
      error += count * (outside === 0 ? within : outside ** 2);
    }
    return error;
  }

  #edge(bin: number): number {
    const { min, max } = this.#range;
    return min + ((max - min) * bin) / bins;
  }
}
