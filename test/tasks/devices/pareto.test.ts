import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behindFront, paretoFront } from '#tasks/devices/pareto';

const at = (accuracy: number, latency: number) => ({ accuracy, latency });

describe('the Pareto front', () => {
  it('is of those that no other beats in one and equals in the other', () => {
    expect(paretoFront([at(0.7, 1), at(0.8, 2), at(0.75, 3), at(0.7, 1.5), at(0.6, 1)])).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('keeps equals', () => {
    expect(paretoFront([at(0.7, 1), at(0.7, 1)])).toEqual([true, true]);
  });

  it('is never behind itself, and what is off it is behind unless it ties in latency', () => {
    const standing = fc.record({ accuracy: fc.integer({ min: 0, max: 9 }), latency: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(standing, { minLength: 1 }), (standings) => {
        const [front, behind] = [paretoFront(standings), behindFront(standings)];
        expect(front).toContain(true);
        for (const [i, isOn] of front.entries()) {
          expect(behind[i]).toBeGreaterThanOrEqual(1);
          if (isOn) expect(behind[i]).toBe(1);
        }
      }),
    );
  });

  it('is so many times as fast as what is behind it', () => {
    expect(behindFront([at(0.7, 1), at(0.8, 2), at(0.75, 3), at(0.7, 1.5)])).toEqual([1, 1, 1.5, 1.5]);
  });
});
