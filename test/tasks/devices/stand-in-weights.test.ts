import { beforeAll, expect, it } from 'vitest';
import { logitsWith } from '#networks/nn/frozen-network';
import { weightShapes } from '#networks/nn/weight-shapes';
import { openBackend } from '#networks/tensor/backend';
import { standInWeights } from '#tasks/devices/stand-in-weights';
import { everyKind } from '#test/networks/weights/timm/networks';
import { trial } from '#test/tasks/export/random-exported';

beforeAll(() => void openBackend({ threads: 1 }));

it('replaces all weights of a network, whose logits keep an ordinary magnitude', () => {
  const weights = standInWeights(everyKind);
  expect(new Map([...weights].map(([name, { shape }]) => [name, shape]))).toEqual(weightShapes(everyKind));
  const largest = Math.max(...logitsWith(everyKind, weights, trial(everyKind, 2), 2).map(Math.abs));
  expect(largest).toBeGreaterThan(1e-3);
  expect(largest).toBeLessThan(1e3);
});
