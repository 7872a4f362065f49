import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { Histogram, rangeRules } from '#tasks/export/int8/histogram';

/** Counts of normal values and of one that is far out. */
function withOutlier(): Histogram {
  const random = randomStream('histogram');
  const histogram = new Histogram({ min: -5, max: 100 });
  histogram.add(Float32Array.from({ length: 20_000 }, () => Math.max(-5, random.normal())));
  histogram.add(Float32Array.of(100));
  return histogram;
}

describe('the range of a histogram', () => {
  it('holds all values by min-max', () => {
    expect(withOutlier().rangeBy('min-max')).toEqual({ min: -5, max: 100 });
  });

  it('leaves out the outermost values by percentile', () => {
    const { min, max } = withOutlier().rangeBy('percentile');
    expect(min).toBeGreaterThan(-4.5);
    expect(max).toBeGreaterThan(3);
    expect(max).toBeLessThan(5);
  });

  it('weighs clipping against the width of a step by mse', () => {
    const { min, max } = withOutlier().rangeBy('mse');
    expect(min).toBeLessThan(-2.5);
    expect(max).toBeLessThan(100); // one value of 20,000 far out does not cost the others all their precision
    const even = new Histogram({ min: 0, max: 1 });
    even.add(Float32Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000));
    expect(even.rangeBy('mse').max).toBeGreaterThan(0.98);
  });

  it.each(rangeRules)('by %s is that of the zeros for a value that is always 0', (rule) => {
    const histogram = new Histogram({ min: 0, max: 0 });
    histogram.add(new Float32Array(10));
    expect(histogram.rangeBy(rule)).toEqual({ min: 0, max: 0 });
  });
});
