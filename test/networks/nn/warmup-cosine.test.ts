import { describe, expect, it } from 'vitest';
import { warmupCosine } from '#networks/nn/warmup-cosine';

describe('warm-up and cosine', () => {
  const rate = warmupCosine(0.4, 104, 4);

  it('climbs in equal parts to the peak', () => {
    expect([0, 1, 2, 3, 4].map((step) => rate(step))).toEqual([0.1, 0.2, 0.30000000000000004, 0.4, 0.4]);
  });

  it('passes half the peak midway, and 3/4 and 1/4 of it at a third and two thirds', () => {
    expect(rate(54)).toBeCloseTo(0.2, 12);
    const thirds = warmupCosine(1, 300, 0);
    expect([thirds(100), thirds(200)].map((value) => value.toFixed(12))).toEqual(['0.750000000000', '0.250000000000']);
  });

  it('falls at every step and reaches 0 after the last, where it stays', () => {
    for (let step = 5; step <= 104; step++) expect(rate(step)).toBeLessThan(rate(step - 1));
    expect([rate(104), rate(200)]).toEqual([0, 0]);
  });

  it('starts at the peak without warm-up', () => {
    expect(warmupCosine(0.4, 10, 0)(0)).toBe(0.4);
  });
});
