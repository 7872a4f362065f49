import { describe, expect, it } from 'vitest';
import { superLayout } from '#tasks/search/supernet/super-forward';
import { agreement } from '../../scripts/bench/peer/agreement.mjs';
import { describe as describeSelection } from '../../scripts/bench/peer/describe.mjs';
import { median, medianInterval } from '../../scripts/bench/peer/statistics.mjs';
import { imagesPerStep, rateAt, workload, workloadNames } from '../../scripts/bench/peer/workloads.mjs';

describe('statistics of the peer benchmark', () => {
  it('takes the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('gives an interval around the median that is the same every time', () => {
    const values = [1.1, 1.9, 1.3, 1.7, 1.5, 1.4, 1.6];
    const [low, high] = medianInterval(values, 'seed') as [number, number];
    expect(low).toBeGreaterThanOrEqual(1.1);
    expect(low).toBeLessThan(1.5);
    expect(high).toBeGreaterThan(1.5);
    expect(high).toBeLessThanOrEqual(1.9);
    expect(medianInterval(values, 'seed')).toEqual([low, high]);
    expect(medianInterval([2, 2, 2], 'seed')).toEqual([2, 2]);
  });
});

describe('agreement of two sides', () => {
  const ours = { losses: [2, 1.5, 1] };

  it('allows rounding that grows', () => {
    expect(agreement(ours, { losses: [2, 1.50001, 1.0005] })).toMatchObject({ agrees: true, atFirstStep: 0 });
  });

  it('is broken by a start, a later loss or a logit that differs, and by a loss that is no number', () => {
    expect(agreement(ours, { losses: [2.0001, 1.5, 1] }).agrees).toBe(false);
    expect(agreement(ours, { losses: [2, 1.5, 1.002] }).agrees).toBe(false);
    expect(agreement(ours, { losses: [2, Number.NaN, 1] }).agrees).toBe(false);
    const logits = (last: number) => ({ losses: [2], logits: [[4, -1, last]] });
    expect(agreement(logits(1), logits(1.01)).agrees).toBe(false);
  });
});

describe('workloads of the peer benchmark', () => {
  it('are the same every time', () => {
    for (const name of workloadNames) expect(workload(name).sequence).toEqual(workload(name).sequence);
  });

  it('warm the learning rate up and count all samples', () => {
    const given = workload('b');
    expect(imagesPerStep(given)).toBe(256);
    expect(rateAt(given, 0)).toBeCloseTo(given.learningRate / given.warmupSteps);
    expect(rateAt(given, given.warmupSteps)).toBe(given.learningRate);
  });

  it('are described with the names and widths of all kernels of the SuperNet', () => {
    const { space, sequence } = workload('d-warmup'); // all ops on, and no widths to choose
    const { blocks, beforePool, afterPool } = describeSelection(space, (sequence[0] as (typeof sequence)[number])[0]!);
    const described = [...blocks.flatMap(({ layers }) => layers), ...beforePool, ...afterPool].flatMap((layer) => {
      const names = layer.branches.filter((name) => name !== null);
      return names.map((name) => [`${name}.kernel`, layer.depthwise ? [layer.in, 1] : [layer.in, layer.out]]);
    });
    const kernels = [...superLayout(space).specs.values()].filter(({ name }) => name.endsWith('.kernel'));
    const expected = kernels.filter(({ name }) => name !== 'head.fc.kernel').map((k) => [k.name, k.shape.slice(-2)]);
    expect(Object.fromEntries(described)).toEqual(Object.fromEntries(expected));
  });
});
