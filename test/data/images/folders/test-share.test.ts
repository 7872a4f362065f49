import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitNote, testSplit } from '#data/images/folders/test-share';

const rule = { testShare: 0.2, seed: 0 };
const nameOf = (i: number) => `/class/${i}.jpg`;

it('each class gives the same share, at least one image, and keeps at least one', () => {
  const labels = Int32Array.from([...Array(10).fill(0), ...Array(2).fill(1), 2, ...Array(100).fill(3)]);
  const { train, test } = testSplit(labels, nameOf, rule);
  const counts = [0, 1, 2, 3].map((label) => test.filter((i) => labels[i] === label).length);
  expect(counts).toEqual([2, 1, 0, 20]);
  expect([...train, ...test].sort((a, b) => a - b)).toEqual([...labels.keys()]);
});

it('the split depends on names and seed, not on the order of the images', () => {
  const property = fc.property(
    fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2 }),
    fc.nat(),
    (names, seed) => {
      const split = (all: readonly string[]) => {
        const { test } = testSplit(new Int32Array(all.length), (i) => all[i] as string, { testShare: 0.3, seed });
        return [...test].map((i) => all[i]).sort();
      };
      expect(split([...names].reverse())).toEqual(split(names));
    },
  );
  fc.assert(property, { numRuns: 50 });
});

it('another seed gives another split, and one more image moves few of the others', () => {
  const of = (n: number, seed: number) => new Set(testSplit(new Int32Array(n), nameOf, { testShare: 0.2, seed }).test);
  const [first, other, more] = [of(100, 0), of(100, 1), of(101, 0)];
  expect([...first].filter((i) => other.has(i)).length).toBeLessThan(15);
  expect([...first].filter((i) => more.has(i)).length).toBeGreaterThan(18);
});

it('a note says what was done', () => {
  expect(splitNote(7, rule)).toBe(
    'no test part: 20.00 % of each class, 7 images, are kept for the test, drawn with seed 0',
  );
});
