import { expect, it } from 'vitest';
import { median, mostProbable, msText, percentText, softmax } from '#tasks/export/web/page/scores';

it('softmax gives shares of exponentials, of large logits too', () => {
  expect([...softmax(Float32Array.of(0, Math.log(3)))]).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)]);
  expect([...softmax(Float32Array.of(1000, 1000, -1000))]).toEqual([0.5, 0.5, 0]);
});

it('ranks classes by probability, the first of equals first, and at most all', () => {
  const logits = Float32Array.of(1, 3, 3, 2);
  expect(mostProbable(logits, 3).map(({ at }) => at)).toEqual([1, 2, 3]);
  const all = mostProbable(logits, 5);
  expect(all).toHaveLength(4);
  expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1);
});

it('the median is the middle, or the mean of the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([10, 9])]).toEqual([2, 2.5, 9.5]);
});

it('formats times and shares', () => {
  expect([0.1234, 12.34, 99.96, 1234.5].map(msText)).toEqual(['0.123 ms', '12.3 ms', '100 ms', '1235 ms']);
  expect(percentText(0.98765)).toBe('98.8 %');
});
