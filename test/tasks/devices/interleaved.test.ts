import { describe, expect, it } from 'vitest';
import { interleaved } from '#tasks/devices/interleaved';

/** Subjects whose runs take the next of their milliseconds, and the last one from then on; negative ones are interrupted. */
function world(durations: Readonly<Record<string, readonly number[]>>, isOneThread = true) {
  const ran: string[] = [];
  const subjects = Object.entries(durations).map(([name, list]) => {
    let runs = 0;
    const next = () => {
      ran.push(name);
      const ms = list[Math.min(runs++, list.length - 1)] as number;
      return { ms: Math.abs(ms), busyMs: Math.abs(ms) / 2, interrupted: ms < 0 };
    };
    return { name, isOneThread, run: async (times: number) => Array.from({ length: times }, next) };
  });
  return { subjects, ran };
}

describe('interleaved timing', () => {
  it('gives the median of the turns, which are medians of three runs after one that does not count', async () => {
    const { subjects } = world({ a: [99, 50, 3, 9, 1, 50, 5, 5, 5, 50, 7, 8, 6] });
    const [timing] = await interleaved(subjects, { repeats: 3, warmup: 1 });
    expect(timing).toMatchObject({ name: 'a', ms: 5, interval: null, repeats: 3, interrupted: 0 });
    expect(timing?.deviation).toBeCloseTo(2, 10); // of 3, 5 and 7
  });

  it('runs the subjects in turn, in an order that rotates', async () => {
    const { subjects, ran } = world({ a: [1], b: [2], c: [3] });
    const told: number[] = [];
    const timings = await interleaved(subjects, { repeats: 2, warmup: 1, tell: (done) => told.push(done) });
    expect(ran.join('')).toBe('abc' + 'aaaabbbbcccc' + 'bbbbccccaaaa');
    expect(timings.map(({ ms }) => ms)).toEqual([1, 2, 3]);
    expect(told).toEqual([0, 1]);
  });

  it('repeats runs that were interrupted, until three were not', async () => {
    const { subjects, ran } = world({ a: [1, 1, -20, 4, -20, 1, 5, -20, 6] });
    expect(await interleaved(subjects, { repeats: 1, warmup: 1 })).toMatchObject([{ ms: 5, interrupted: 0 }]);
    expect(ran).toHaveLength(1 + 2 * 4);
    const seldom = world({ a: [1, 1, 4, ...new Array(30).fill(-20)] });
    expect(await interleaved(seldom.subjects, { repeats: 1, warmup: 1 })).toMatchObject([{ ms: 10, interrupted: 1 }]);
    expect(seldom.ran).toHaveLength(1 + 4 * 4);
  });

  it('takes the time on the processor of a thread that is always interrupted, and the time of several by the clock', async () => {
    const always = { a: [-8] };
    const options = { repeats: 2, warmup: 1 };
    const { subjects, ran } = world(always);
    expect(await interleaved(subjects, options)).toMatchObject([{ ms: 4, interrupted: 2 }]);
    expect(ran).toHaveLength(1 + 2 * 4);
    expect(await interleaved(world(always, false).subjects, options)).toMatchObject([{ ms: 8, interrupted: 2 }]);
  });
});
