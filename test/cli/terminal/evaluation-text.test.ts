import { describe, expect, it } from 'vitest';
import { classLines, evaluationText } from '#cli/terminal/evaluation-text';

const evaluation = {
  split: 'test',
  n: 2000,
  top1: 0.9,
  top1Interval: [0.88, 0.92] as const,
  top5: 1,
  top5Interval: [0.99, 1] as const,
  loss: 0.25,
};

const byClass = {
  classes: [
    { name: 'shirt', n: 1000, top1: 0.8 },
    { name: 'bag', n: 1000, top1: 1 },
    { name: 'coat', n: 9, top1: 0.75 },
    { name: 'hat', n: 0, top1: null },
  ],
  confusions: [
    { label: 'shirt', predicted: 'coat', n: 200, share: 0.2 },
    { label: 'coat', predicted: 'shirt', n: 2, share: 0.25 },
  ],
};

describe('the text of an evaluation', () => {
  it('is one line with both intervals where nothing else is known', () => {
    expect(evaluationText('net', { evaluation })).toBe(
      'net on 2000 images of test: top-1 90.00 % (95 % interval 88.00 % to 92.00 %), ' +
        'top-5 100.00 % (95 % interval 99.00 % to 100.00 %), loss 0.2500',
    );
  });

  it('adds the weights, the worst classes and the most frequent confusions by name', () => {
    expect(evaluationText('net', { evaluation, byClass, weights: 'moving average' }).split('\n').slice(1)).toEqual([
      'weights: moving average',
      'worst classes',
      '  coat   75.00 %  of 9',
      '  shirt  80.00 %  of 1,000',
      'most frequent confusions',
      '  shirt taken for coat  20.00 %  200 images',
      '  coat taken for shirt  25.00 %  2 images',
    ]);
  });

  it('lists at most five of each, and nothing where all is correct', () => {
    const classes = Array.from({ length: 9 }, (_, i) => ({ name: `${i}`, n: 10, top1: i / 10 }));
    const confusions = Array.from({ length: 9 }, (_, i) => ({ label: `${i}`, predicted: 'x', n: 1, share: 0.1 }));
    expect(classLines({ classes, confusions })).toHaveLength(12);
    expect(classLines({ classes: [{ name: 'bag', n: 3, top1: 1 }], confusions: [] })).toEqual([]);
  });
});
