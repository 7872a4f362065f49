import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOverride } from '#core/documents/overrides';
import { readTrainingRecipe } from '#tasks/training/recipe';
import { trainingSteps } from '#tasks/training/training-plan';
import { failureOf, newFolder } from '#test/data/fixtures';

const folder = newFolder();
const file = join(folder, 't.train.yaml');

function read(text: string, ...set: string[]) {
  writeFileSync(file, text);
  return readTrainingRecipe(
    file,
    set.map((assignment) => parseOverride(assignment)),
  );
}

const least = `name: t
data: { source: { dataset: mnist } }
epochs: 3
optimizer: { kind: rmsProp }
learningRate: 0.1
`;

describe('a training recipe', () => {
  it('with only the required keys has defaults for the rest, and its folder', () => {
    expect(read(least)).toEqual({
      name: 't',
      data: { source: { dataset: 'mnist' }, augment: {} },
      epochs: 3,
      batch: 128,
      optimizer: { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 },
      learningRate: 0.1,
      warmupEpochs: 0,
      labelSmoothing: 0.1,
      dropout: 0,
      l2: 0,
      seed: 0,
      statisticsBatches: 50,
      logEvery: 50,
      checkpointEvery: 500,
      base: folder,
    });
  });

  it('accepts micro-batches under their former name, shares', () => {
    expect(read(`${least}shares: 2\n`).microBatches).toBe(2);
    expect(read(least, 'shares=4').microBatches).toBe(4);
  });

  it.each([
    ['warmupEpochs=3', 'warmupEpochs: expected fewer epochs than the 3 of the training; got 3'],
    ['labelSmoothing=1', 'labelSmoothing: expected a share from 0 to below 1; got 1'],
    ['microBatches=256', 'microBatches: expected a divisor of the batch of 128; got 256'],
    ['optimizer={kind: rmsProp, decay: 1}', 'optimizer.decay: expected a share from 0 to below 1; got 1'],
    ['optimizer={kind: adamW, beta2: 1}', 'optimizer.beta2: expected a share from 0 to below 1; got 1'],
    [
      'data={source: {dataset: mnist}, augment: {erase: {probability: 1, area: [0.5, 1]}}}',
      'data.augment.erase.area[1]: expected two shares of the area above 0 and below 1; got 1',
    ],
  ])('with %s, a part that is not smaller than its whole, is refused', (set, message) => {
    expect(failureOf(() => read(least, set)).message).toBe(`--set ${set}: ${message}`);
  });

  it('accepts --set', () => {
    expect(read(least, 'epochs=0.5', 'optimizer={kind: adamW}')).toMatchObject({
      epochs: 0.5,
      optimizer: { kind: 'adamW', weightDecay: 0 },
    });
  });

  it('with mistakes is refused with all of them, each at its place', () => {
    const text = `name: t
data: { sauce: { dataset: mnist } }
epochs: 0
optimizer: adamW
learningRate: fast
labelSmoothing: 2
`;
    const failure = failureOf(() => read(text));
    expect(failure.kind).toBe('config');
    expect(failure.message.replaceAll(`${folder}/`, '').split('\n')).toEqual([
      't.train.yaml:2:7: data.source: missing; expected a mapping',
      't.train.yaml:2:9: data.sauce: unknown key; did you mean source?',
      't.train.yaml:3:9: epochs: expected a number of epochs > 0, at most 1e6; got 0',
      't.train.yaml:4:12: optimizer: expected a mapping with kind; got adamW',
      't.train.yaml:5:15: learningRate: expected a learning rate from 1e-9 to 1e30; got fast',
      't.train.yaml:6:17: labelSmoothing: expected a share from 0 to below 1; got 2',
    ]);
  });
});

it('a training takes its epochs in batches, at least one step', () => {
  const recipe = read(least);
  expect(trainingSteps(recipe, 60_000)).toBe(1406); // 3 x 468.75
  expect(trainingSteps({ ...recipe, epochs: 0.001 }, 100)).toBe(1);
});
