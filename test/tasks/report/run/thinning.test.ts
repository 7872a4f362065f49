import { describe, expect, it } from 'vitest';
import { evenly, mergedIntervals } from '#tasks/report/run/thinning';
import { searchEvent } from '#test/jobs/runs/run-fixture';

const macs = (value: number) => ({ macs: { value, expected: 2 * value, argmax: 3, target: 9 } });

describe('merged intervals', () => {
  it('are the logged ones if there are few', () => {
    const events = [20, 40].map((step) => searchEvent({ step, reward: step, costs: macs(step) }));
    const merged = mergedIntervals(events, 2);
    expect(merged.map(({ from, last, means, reward }) => [from, last, means.reward, means.costs, reward])).toEqual([
      [0, events[0], 20, { macs: 20 }, [20, 20]],
      [20, events[1], 40, { macs: 40 }, [40, 40]],
    ]);
  });

  it('weight each interval by its steps, and keep the extremes', () => {
    const events = [
      searchEvent({ step: 10, reward: 1, quality: 5, loss: 4, costs: macs(8) }),
      searchEvent({ step: 40, reward: 2, quality: 3, loss: 8, costs: macs(4) }),
      searchEvent({ step: 50, reward: 7, quality: 1, loss: 1, costs: macs(1) }),
    ];
    const [first, second] = mergedIntervals(events, 2);
    expect(first).toEqual({
      ...{ from: 0, last: events[1], reward: [1, 2], quality: [3, 5] },
      means: { reward: 1.75, quality: 3.5, loss: 7, costs: { macs: 5 } }, // 10 steps of the first, 30 of the second
    });
    expect([second?.from, second?.means.reward]).toEqual([40, 7]);
  });

  it('have together the mean over all steps', () => {
    const events = Array.from({ length: 1350 }, (_, i) => searchEvent({ step: 20 * (i + 1), reward: Math.sin(i) }));
    const merged = mergedIntervals(events, 100);
    expect(merged.length).toBeLessThanOrEqual(100);
    const sum = merged.reduce((total, { from, last, means }) => total + (last.step - from) * means.reward, 0);
    expect(sum / 27_000).toBeCloseTo(events.reduce((total, { reward }) => total + reward, 0) / 1350, 12);
  });
});

describe('values at equal distances', () => {
  it('have the first and the last among them', () => {
    expect(evenly([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
    expect(evenly([0, 1, 2], 3)).toEqual([0, 1, 2]);
    expect(evenly([0, 1, 2], 1)).toEqual([2]);
    expect(evenly([], 5)).toEqual([]);
  });
});
