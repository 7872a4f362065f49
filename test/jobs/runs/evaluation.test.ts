import { expect, it } from 'vitest';
import { wilsonInterval } from '#core/statistics/scoring';
import { evaluationSchema } from '#jobs/runs/evaluation';

const older = { split: 'test', n: 200, top1: 0.5, top1Interval: [0.4, 0.6], top5: 0.985, loss: 1 };

it('an evaluation of an older run gets the interval of its top-5, and a newer one keeps its own', () => {
  expect(evaluationSchema.parse(older)).toEqual({ ...older, top5Interval: wilsonInterval(197, 200) });
  const newer = { ...older, top5Interval: [0.9, 1] };
  expect(evaluationSchema.parse(newer)).toEqual(newer);
});
