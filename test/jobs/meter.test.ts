import { describe, expect, it } from 'vitest';
import { startMeter } from '#jobs/meter';

/** An interval with a clock that the test moves. */
function interval() {
  const time = { ms: 500, waitedMs: 40 };
  return {
    time,
    interval: startMeter(
      () => time.ms,
      () => time.waitedMs,
    ),
  };
}

describe('an interval', () => {
  it('has the means of its steps, its speed, its wait and the remaining time', () => {
    const { time, interval: own } = interval();
    for (const loss of [3, 2, 1]) own.add({ loss, reward: 2 * loss }, 64);
    time.ms += 1500;
    time.waitedMs += 300;
    expect(own.close(10)).toEqual({
      means: { loss: 2, reward: 4 },
      imagesPerSecond: 128,
      dataWait: 0.2,
      secondsLeft: 5,
    });
  });

  it('begins the next one empty, its clock at the end of the last', () => {
    const { time, interval: own } = interval();
    own.add({ loss: 3 }, 10);
    time.ms += 100;
    own.close(1);
    own.add({ loss: 1 }, 10);
    time.ms += 1000;
    expect(own.close(3)).toEqual({ means: { loss: 1 }, imagesPerSecond: 10, dataWait: 0, secondsLeft: 3 });
  });

  it('that resumes from the values of another has the means of both, but only its own speed', () => {
    const { time, interval: own } = interval();
    own.add({ loss: 3 }, 10);
    own.add({ loss: 2 }, 10);
    const next = startMeter(
      () => time.ms,
      () => time.waitedMs,
      JSON.parse(JSON.stringify(own.values())),
    );
    next.add({ loss: 1 }, 10);
    time.ms += 1000;
    expect(next.close(1)).toMatchObject({ means: { loss: 2 }, imagesPerSecond: 10 });
    expect(next.values()).toEqual({});
  });

  it('of no time and no steps has finite figures', () => {
    const { imagesPerSecond, secondsLeft, means } = interval().interval.close(5);
    expect([imagesPerSecond, means]).toEqual([0, {}]);
    expect(Number.isFinite(secondsLeft)).toBe(true);
  });
});
