import { expect, it } from 'vitest';
import { requireGpu } from '#cli/process/gpu';
import { failureOf } from '#test/data/fixtures';

const onCpu = () => ({ computes: false, detail: 'none: MatMul ran on CPU:0' });
const required = { requireGpu: true, backend: 'tensorflow' } as const;

it('a command that requires a GPU exits with 5 where ops run elsewhere, and tries none without the option', () => {
  const failure = failureOf(() => requireGpu(required, onCpu));
  expect([failure.exitCode, failure.message]).toEqual([
    5,
    '--require-gpu: expected ops on a GPU; got none: MatMul ran on CPU:0',
  ]);
  requireGpu(required, () => ({ computes: true, detail: 'MatMul ran on GPU:0' }));
  requireGpu({ backend: 'tensorflow' }, onCpu);
  expect(failureOf(() => requireGpu({ ...required, backend: 'cpu' }, onCpu)).exitCode).toBe(2);
});
