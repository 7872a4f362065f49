import { beforeAll, expect, it } from 'vitest';
import { standInWeights } from '../../src/measure/stand-in-weights.js';
import { openBackend } from '../../src/nn/backend.js';
import { logitsWith } from '../../src/nn/frozen-network.js';
import { weightShapes } from '../../src/nn/weight-shapes.js';
import { trial } from '../export/random-exported.js';
import { everyKind } from '../timm/networks.js';

beforeAll(() => void openBackend({ threads: 1 }));

it('stands in for all weights of a network, whose logits stay of an ordinary size', () => {
  const weights = standInWeights(everyKind);
  expect(new Map([...weights].map(([name, { shape }]) => [name, shape]))).toEqual(weightShapes(everyKind));
  const largest = Math.max(...logitsWith(everyKind, weights, trial(everyKind, 2), 2).map(Math.abs));
  expect(largest).toBeGreaterThan(1e-3);
  expect(largest).toBeLessThan(1e3);
});
