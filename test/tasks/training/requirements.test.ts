import { expect, it } from 'vitest';
import { parseSpace } from '#networks/space/parse';
import type { TrainingRecipe } from '#tasks/training/recipe';
import { requireImages, requireNormalisable } from '#tasks/training/requirements';
import { failureOf } from '#test/data/fixtures';
import { smallNetworkText } from './small-network.js';

const hidden = parseSpace('hidden.yaml', smallNetworkText.replace('hidden: 0', 'hidden: 8'));
const recipe = (of: Partial<TrainingRecipe>) =>
  ({ name: 'r', epochs: 2, warmupEpochs: 0, batch: 24, statisticsBatches: 50, ...of }) as TrainingRecipe;

it.each([
  [{ batch: 1 }, '1 (a batch of 1)', 'set batch to 2 or more'],
  [{ batch: 8, microBatches: 8 }, '1 (a batch of 8 in 8 micro-batches)', 'set microBatches to 4'],
  [{ batch: 9, microBatches: 9 }, '1 (a batch of 9 in 9 micro-batches)', 'set microBatches to 3'],
  [{ batch: 7, microBatches: 7 }, '1 (a batch of 7 in 7 micro-batches)', 'set microBatches to 1'],
])('batch norm over one value is refused with a recipe of %o', (of, given, remedy) => {
  const failure = failureOf(() => requireNormalisable(hidden, recipe(of)));
  expect([failure.kind, failure.message, failure.remedy]).toEqual([
    'config',
    `small: batch norm in head.hidden sees a single value per channel and image, so it needs 2 images or more at a time; r gives it ${given}`,
    remedy,
  ]);
});

it.each([{ batch: 2 }, { batch: 8, microBatches: 4 }])('batch norm over two values is allowed with %o', (of) => {
  expect(() => requireNormalisable(hidden, recipe(of))).not.toThrow();
});

it('one image at a time is enough if every map has several positions', () => {
  expect(() => requireNormalisable(parseSpace('small.yaml', smallNetworkText), recipe({ batch: 1 }))).not.toThrow();
});

it('a batch and statistics batches larger than the split are refused, the default for statistics never', () => {
  expect(failureOf(() => requireImages(recipe({ batch: 61, statisticsBatches: 51 }), 60)).message).toBe(
    'r: batch: expected at most the 60 train images; got 61\n' +
      'r: statisticsBatches: expected at most 50, which go over all train images; got 51',
  );
  expect(() => requireImages(recipe({ batch: 60 }), 60)).not.toThrow();
  expect(() => requireImages(recipe({ batch: 1, statisticsBatches: 60 }), 60)).not.toThrow();
});

it.each([
  [{ epochs: 2, warmupEpochs: 1.99 }, 48, 4],
  [{ epochs: 0.15, warmupEpochs: 0.11, batch: 4 }, 60, 2],
])('a warm-up that rounds to all steps of a training of %o is refused', (of, images, steps) => {
  const message = `r: warmupEpochs: expected a warm-up that ends before the last of ${steps} steps; got one of ${steps} steps`;
  expect(failureOf(() => requireImages(recipe(of), images)).message).toBe(message);
});
