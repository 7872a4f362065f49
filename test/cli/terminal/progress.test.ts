import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, progressLine, progressRecord, signedPercent } from '#cli/terminal/progress';
import type { Progress } from '#jobs/observer';

const latency = { value: 0.71, expected: 0.66, argmax: 0.64, target: 0.6 };

const fields: Progress = {
  stage: 'coarse',
  step: 120,
  steps: 400,
  loss: 2.3032,
  quality: 0.7812,
  reward: 0.7211,
  costs: [{ name: 'latency', ...latency }],
  imagesPerSecond: 1234.4,
  dataWait: 0.12,
  secondsLeft: 125,
};

const wide =
  'coarse  120/400  30%  loss 2.303  quality 0.781  reward 0.721  latency +10%  argmax +6.7%  1,234 images/s  data wait 12%  2m05s left';

describe('a progress line', () => {
  it('shows everything if there is room', () => {
    expect(progressLine(fields, 200)).toBe(wide);
  });

  it('omits unknown figures, and a negligible wait for data', () => {
    expect(progressLine({ stage: 'teacher', step: 0, steps: 5, dataWait: 0.04 }, 80)).toBe('teacher  0/5  0%');
    expect(progressLine({ stage: 'teacher', step: 0, steps: 0 }, 80)).toBe('teacher  0/0');
  });

  it.each([
    [79, 'coarse  120/400  loss 2.303  quality 0.781  latency +10%  2m05s left'],
    [60, 'coarse  120/400  loss 2.303  quality 0.781  2m05s left'],
    [40, 'coarse  120/400  2m05s left'],
    [15, 'coarse  120/400'],
    [10, 'coarse'],
    [3, 'coa'],
    [0, ''],
  ])('keeps the most important parts in %i columns', (width, line) => {
    expect(progressLine(fields, width)).toBe(line);
  });

  it('is never longer than its width', () => {
    const numbers = fc.double({ noNaN: true });
    const any = fc.record({
      stage: fc.constant('fine'),
      step: fc.nat(),
      steps: fc.nat(),
      loss: numbers,
      quality: numbers,
      secondsLeft: numbers,
    });
    fc.assert(fc.property(any, fc.nat(150), (some, width) => progressLine(some, width).length <= width));
  });

  it('has the same width in colours, and marks a cost well above its target', () => {
    const coloured = progressLine(fields, 200, true);
    expect(coloured).toContain('\u001b[33mlatency +10%\u001b[0m');
    expect(coloured.replaceAll('\u001b', '').replaceAll(/\[\d+m/g, '')).toBe(wide);
    const met = { ...fields, costs: [{ name: 'latency', ...latency, expected: 0.61, argmax: 0.62 }] };
    expect(progressLine(met, 200, true)).not.toContain('\u001b[33m');
  });
});

describe('words for numbers', () => {
  it.each([
    [0, '0s'],
    [59.4, '59s'],
    [59.6, '1m00s'],
    [3599, '59m59s'],
    [11_220, '3h07m'],
    [187_200, '2d04h'],
    [-3, '0s'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it.each([
    [0, '0%'],
    [0.0001, '0%'],
    [-0.0001, '0%'],
    [0.034, '+3.4%'],
    [-0.034, '-3.4%'],
    [0.0996, '+10%'],
    [-0.5, '-50%'],
    [2, '+200%'],
  ])('a ratio of %d is %s', (ratio, text) => expect(signedPercent(ratio)).toBe(text));
});

it('a progress record has its costs keyed by name', () => {
  expect(progressRecord(fields)).toEqual({ ...fields, costs: { latency } });
  expect(progressRecord({ stage: 'a', step: 1, steps: 2 })).toEqual({ stage: 'a', step: 1, steps: 2 });
});
