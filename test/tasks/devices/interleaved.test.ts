import { describe, expect, it } from 'vitest';
import { interleaved } from '#tasks/devices/interleaved';

/** Subjects on a simulated clock: each run takes the next of its milliseconds, and the last one from then on. */
function world(durations: Readonly<Record<string, readonly number[]>>) {
  let now = 0;
  const ran: string[] = [];
  const subjects = Object.entries(durations).map(([name, ms]) => {
    let runs = 0;
    const run = async () => {
      ran.push(name);
      now += ms[Math.min(runs++, ms.length - 1)] as number;
    };
    return { name, run };
  });
  return { subjects, ran, clock: () => now };
}

describe('interleaved timing', () => {
  it('gives the median of the turns, which are medians of three runs after one that does not count', async () => {
    const { subjects, clock } = world({ a: [99, 50, 3, 9, 1, 50, 5, 5, 5, 50, 7, 8, 6] });
    const [timing] = await interleaved(subjects, { repeats: 3, warmup: 1, clock });
    expect(timing).toMatchObject({ name: 'a', ms: 5, repeats: 3 });
    expect(timing?.deviation).toBeCloseTo(2, 10); // of 3, 5 and 7
  });

  it('runs the subjects in turn, in an order that rotates', async () => {
    const { subjects, ran, clock } = world({ a: [1], b: [2], c: [3] });
    const told: number[] = [];
    const timings = await interleaved(subjects, { repeats: 2, warmup: 1, clock, tell: (done) => told.push(done) });
    expect(ran.join('')).toBe('abc' + 'aaaabbbbcccc' + 'bbbbccccaaaa');
    expect(timings.map(({ ms }) => ms)).toEqual([1, 2, 3]);
    expect(told).toEqual([0, 1]);
  });
});
