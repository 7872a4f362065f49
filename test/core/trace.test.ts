import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { endTrace, openSpan, startTrace, traced } from '#core/trace';

describe('a trace', () => {
  it('holds the spans between its start and its end, and what they did is unchanged', () => {
    expect(traced('kernel', 'before', () => 1)).toBe(1);
    startTrace();
    expect(traced('kernel', 'MatMul', () => 2)).toBe(2);
    openSpan('step', 'step 7')();
    const spans = endTrace();
    traced('kernel', 'after', () => 3);
    expect(spans.map(({ work, name }) => [work, name])).toEqual([
      ['kernel', 'MatMul'],
      ['step', 'step 7'],
    ]);
    expect(endTrace()).toEqual([]);
  });

  it('counts the microseconds of work, and of a promise until it settles', async () => {
    let ms = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => ms);
    onTestFinished(() => clock.mockRestore());
    startTrace();
    traced('kernel', 'MatMul', () => {
      ms += 3;
    });
    let settle = () => {};
    const waiting = traced('waiting', 'a promise', () => new Promise<void>((settled) => (settle = settled)));
    ms += 20;
    settle();
    await waiting;
    const [kernel, promise] = endTrace().map(({ start, duration }) => [
      start - 1000 * performance.timeOrigin,
      duration,
    ]);
    expect(kernel?.map(Math.round)).toEqual([0, 3000]);
    expect(promise?.map(Math.round)).toEqual([3000, 20_000]);
  });
});
