import { expect, it } from 'vitest';
import { requireFinite, requireFiniteTensors } from '#jobs/divergence';
import { failureOf } from '#test/data/fixtures';

const tensors = (...values: number[]) => new Map([['weights/stem', { values: Float32Array.from(values) }]]);

it('accepts finite numbers', () => {
  requireFinite([0, -1e300, 5], 3, 'learningRate');
  requireFiniteTensors(tensors(0, -3e38, 1e-45), 3, 'learningRate');
});

it.each([
  [() => requireFinite([1, Number.NaN], 3, 'learningRate'), 'a figure of the step is NaN'],
  [() => requireFinite([Number.POSITIVE_INFINITY], 3, 'learningRate'), 'a figure of the step is Infinity'],
  [() => requireFiniteTensors(tensors(1, Number.NaN), 3, 'learningRate'), 'weights/stem holds NaN'],
  [() => requireFiniteTensors(tensors(1e39), 3, 'learningRate'), 'weights/stem holds Infinity'],
])('ends the training with a remedy at NaN or infinity (%#)', (act, got) => {
  const failure = failureOf(act);
  expect([failure.kind, failure.message, failure.remedy]).toEqual([
    'config',
    `training diverged: ${got} at step 3`,
    'begin another run with a lower learningRate, or with a longer warm-up',
  ]);
});
