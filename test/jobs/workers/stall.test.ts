import { describe, expect, it } from 'vitest';
import type { Pulse } from '#core/pulse';
import { stallText, stallWatch } from '#jobs/workers/stall';

const second = 1000;

/** Watches for `seconds`, with the pulses at each of them; returns the first that hangs, and when. */
function watched(seconds: number, pulsesAt: (t: number) => readonly (Partial<Pulse> | undefined)[]) {
  const look = stallWatch();
  for (let t = 1; t <= seconds; t++) {
    const stall = look(
      second,
      pulsesAt(t).map(
        (pulse) => pulse && { beats: 0, waits: false, steps: 0, hasBegun: true, publications: t, ...pulse },
      ),
    );
    if (stall !== undefined) return { t, ...stall };
  }
  return undefined;
}

const waiting = { waits: true };

describe('a worker', () => {
  it('that begins no ops for over a minute while others wait hangs', () => {
    const hung = watched(200, () => [waiting, { beats: 7 }, waiting]);
    expect(hung).toMatchObject({ t: 62, rank: 1, idleMs: 61 * second });
  });

  it('that is slow, but begins an op now and then, does not', () => {
    expect(watched(3600, (t) => [waiting, { beats: Math.floor(t / 50) }])).toBeUndefined();
  });

  it('that does nothing does not hang if nobody waits for it', () => {
    expect(watched(3600, () => [{}, {}])).toBeUndefined();
    expect(watched(3600, () => [waiting, waiting])).toBeUndefined();
  });

  it('may take 20 times as long as the longest of the latest steps', () => {
    const steps = (t: number) => Math.min(4, Math.floor(t / 30)); // four steps of 30 s, then none
    const hung = watched(2000, (t) => [{ ...waiting, steps: steps(t) }, { beats: Math.min(t, 120) }]);
    expect(hung).toMatchObject({ rank: 1, stepMs: 30 * second, t: 120 + 600 + 1 });
  });

  it('may take ten times as long while it opens its data, and worker 0 always', () => {
    expect(watched(2000, () => [waiting, { hasBegun: false }])?.t).toBe(602);
    expect(watched(2000, () => [{}, waiting])).toMatchObject({ rank: 0, t: 602 });
  });

  it('that stands still right after the first steps has begun, though its last pulse does not say so', () => {
    const pulses = [
      { ...waiting, steps: 9 },
      { hasBegun: false, publications: 1 },
    ];
    expect(watched(200, () => pulses)).toMatchObject({ t: 62, rank: 1 });
  });

  it('whose process stands still hangs, even if it was waiting', () => {
    expect(watched(200, () => [waiting, { ...waiting, publications: 7 }])).toMatchObject({ t: 62, rank: 1 });
  });

  it('whose pulse cannot be read is not watched', () => {
    expect(watched(3600, () => [waiting, undefined])).toBeUndefined();
  });

  it('is named with the time of a step', () => {
    const stall = { rank: 2, idleMs: 61_000, stepMs: 420 };
    expect(stallText(stall, 4)).toBe('worker 2 of 4 hangs: no progress for 61 s while others wait; a step takes 0.4 s');
  });
});
