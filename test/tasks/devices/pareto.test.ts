import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behindFront, paretoFront } from '#tasks/devices/pareto';

const at = (accuracy: number, latency: number) => ({ accuracy, latency });

describe('the Pareto front', () => {
  it('holds those that no other beats in one figure and equals in the other', () => {
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

  it('is never behind itself; networks off the front are behind it unless they tie in latency', () => {
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

  it('is faster than a network behind it by the returned factor', () => {
    expect(behindFront([at(0.7, 1), at(0.8, 2), at(0.75, 3), at(0.7, 1.5)])).toEqual([1, 1, 1.5, 1.5]);
  });
});
