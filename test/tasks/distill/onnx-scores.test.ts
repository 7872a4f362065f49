import { expect, it } from 'vitest';
import { scoreReading } from '#tasks/distill/onnx-scores';
import { failureOf } from '#test/data/fixtures';

const reading = (output: 'logits' | 'probabilities') => scoreReading('t.onnx', output, 3, () => {});
const probabilities = [0.5, 0.25, 0.25];

it('a row of logits may look like probabilities by chance if other rows do not', () => {
  const answers = reading('logits')(Float32Array.of(...probabilities, 2, -1, 0));
  const powers = probabilities.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  for (const [k, power] of powers.entries()) expect(answers[k]).toBeCloseTo(power / sum, 6);
});

it('only the first images decide: later rows may all be probabilities', () => {
  const read = reading('logits');
  read(Float32Array.of(2, -1, 0));
  expect(() => read(Float32Array.of(...probabilities))).not.toThrow();
});

it('probabilities rounded to half precision are still recognised', () => {
  const rounded = Float32Array.of(0.33325195, 0.33325195, 0.33325195);
  expect(failureOf(() => reading('logits')(rounded)).message).toContain('expected logits; got probabilities');
  expect(reading('probabilities')(rounded)).toEqual(rounded);
});

it.each([
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
])('logits with %s are refused with their row', (value, shown) => {
  expect(failureOf(() => reading('logits')(Float32Array.of(1, 2, 3, 4, value, 6))).message).toBe(
    `t.onnx: expected logits that are finite; got 4.00, ${shown}, 6.00`,
  );
});

it('a logit of -Infinity is a class that is ruled out', () => {
  expect([...reading('logits')(Float32Array.of(0, 0, Number.NEGATIVE_INFINITY))]).toEqual([0.5, 0.5, 0]);
});
