import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfValues, toHalf } from '#core/float16';
import { emptySoftLabels, largest, storedSum, storeSoftLabels, useSoftLabels } from '#data/sets/soft-labels';

/** Probabilities of at least two classes, some of them 0. */
const distributions = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 200 })
  .filter((weights) => weights.some((weight) => weight > 0))
  .map((weights) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    return Float32Array.from(weights, (weight) => weight / sum);
  });

function used(probabilities: Float32Array, top?: number): Float32Array {
  const layout = { classes: probabilities.length, top };
  const labels = emptySoftLabels(1, layout);
  storeSoftLabels(labels, 0, probabilities, layout);
  const row = new Float32Array(probabilities.length);
  useSoftLabels(labels, 0, layout, row);
  return row;
}

const sumOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0);

describe('soft labels', () => {
  it('are half-precision numbers divided by their sum where all classes are stored', () => {
    const given = Float32Array.of(0.1, 0.2, 0.7);
    const halves = [...toHalf(given)].map((bits) => halfValues[bits] as number);
    const sum = halves.reduce((a, b) => a + b, 0);
    expect(sum).not.toBe(1);
    expect([...used(given)]).toEqual(halves.map((half) => Math.fround(half * (1 / sum))));
  });

  it('give the classes that are not stored the rest in equal parts', () => {
    expect([...used(Float32Array.of(0.0625, 0.5, 0.0625, 0.125, 0.25), 2)]).toEqual([
      Math.fround(0.25 / 3),
      0.5,
      Math.fround(0.25 / 3),
      Math.fround(0.25 / 3),
      0.25,
    ]);
  });

  it('sum to 1 to within the rounding of single precision, however many classes are stored', () => {
    fc.assert(
      fc.property(distributions, fc.integer({ min: 1, max: 20 }), (given, most) => {
        const top = most < given.length ? most : undefined;
        expect(Math.abs(sumOf(used(given, top)) - 1)).toBeLessThan(given.length * 2 ** -24);
      }),
    );
  });

  it('differ from the probabilities of the stored classes by no more than half precision explains', () => {
    fc.assert(
      fc.property(distributions, fc.integer({ min: 1, max: 20 }), (given, most) => {
        const top = Math.min(most, given.length - 1);
        const row = used(given, top);
        for (const k of largest(given, top)) {
          expect(Math.abs((row[k] as number) - (given[k] as number))).toBeLessThan(2 ** -10);
        }
      }),
    );
  });

  it('store a rest that completes the stored probabilities to 1', () => {
    fc.assert(
      fc.property(distributions, (given) => {
        const layout = { classes: given.length, top: 1 };
        const labels = emptySoftLabels(1, layout);
        storeSoftLabels(labels, 0, given, layout);
        expect(Math.abs(storedSum(labels, 0, layout) - 1)).toBeLessThan(2 ** -10);
      }),
    );
  });
});

describe('the largest values', () => {
  it('are those of a stable sort: the lower index first among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }), fc.nat(30), (values, count) => {
        const n = Math.min(count + 1, values.length);
        const sorted = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
        expect(largest(Float32Array.from(values), n)).toEqual(sorted.slice(0, n));
      }),
    );
  });
});
