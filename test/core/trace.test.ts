import { describe, expect, it } from 'vitest';
import { endTrace, openSpan, startTrace, traced } from '#core/trace';

describe('a trace', () => {
  it('holds the spans between its start and its end, and what they did is unchanged', async () => {
    expect(traced('kernel', 'before', () => 1)).toBe(1);
    startTrace();
    expect(traced('kernel', 'MatMul', () => 2)).toBe(2);
    await traced('waiting', 'a promise', () => new Promise((resolve) => setTimeout(resolve, 20)));
    const end = openSpan('step', 'step 7');
    end();
    const spans = endTrace();
    traced('kernel', 'after', () => 3);
    expect(spans.map(({ work, name }) => [work, name])).toEqual([
      ['kernel', 'MatMul'],
      ['waiting', 'a promise'],
      ['step', 'step 7'],
    ]);
    expect(spans[1]?.duration).toBeGreaterThan(15_000); // microseconds
    expect(endTrace()).toEqual([]);
  });
});
