/** Every recipe that comes with the program is read and compared with what it claims. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validate } from '#cli/commands/validate';
import { namedNetwork } from '#networks/zoo/named-network';
import { readTrainingRecipe } from '#tasks/training/recipe';
import { trainingPlan, trainingSteps } from '#tasks/training/training-plan';
import { printed } from '#test/cli/printed';

const recipes = readdirSync('configs/recipes', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `configs/recipes/${name}`)
  .sort();
const trainings = recipes.filter((file) => file.endsWith('.train.yaml'));

it.each(recipes)('%s opens with its purpose and command, and has no mistakes', async (file) => {
  const comment = /^(?:#.*\n)+/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
  for (const part of ['Purpose: ', 'Command: ', file]) expect(comment).toContain(part);
  const kind = file.endsWith('.train.yaml') ? 'training' : 'dataset';
  expect(await printed(validate, file)).toBe(`${file}: ${kind} recipe, no mistakes\n`);
});

it('training recipes differ in their names', () => {
  const names = trainings.map((file) => readTrainingRecipe(file).name);
  expect(new Set(names).size).toBe(trainings.length);
});

describe('the recipes for CIFAR-10', () => {
  const [hard, augmented, distilled] = ['hard', 'augmented', 'distilled'].map((name) =>
    readTrainingRecipe(`configs/recipes/cifar10/${name}.train.yaml`),
  );
  const [labelled, replicas] = [50_000, 10 * 45_000]; // images in an epoch

  it('make the same steps with the same learning rates, and differ in their images alone', () => {
    const plans = [
      trainingPlan(hard!, labelled, 0),
      trainingPlan(augmented!, labelled, 0),
      trainingPlan(distilled!, replicas, 0),
    ];
    expect(plans.map(({ steps, warmupSteps }) => [steps, warmupSteps])).toEqual(plans.map(() => [1563, 195]));
    const settings = ({ name, data, epochs, warmupEpochs, ...rest }: typeof hard & object) => rest;
    expect(settings(augmented!)).toEqual(settings(hard!));
    expect(settings(distilled!)).toEqual(settings(hard!));
  });
});

/** MobileNetV4 (arXiv:2404.10518), the table of training hyper-parameters; S | M | Hybrid-M | L | Hybrid-L. */
describe('the recipes for ImageNet have the values of the paper', () => {
  const names = ['conv-s', 'conv-m', 'hybrid-m', 'conv-l', 'hybrid-l'];
  const read = names.map((name) => readTrainingRecipe(`configs/recipes/imagenet/${name}.train.yaml`));
  const of = (value: (recipe: (typeof read)[number]) => unknown) => read.map(value);

  it.each([
    ['batch', of(({ batch }) => batch), [4096, 4096, 16384, 16384, 16384]],
    ['learning rate', of(({ learningRate }) => learningRate), [0.002, 0.004, 0.016, 0.004, 0.01]],
    [
      'weight decay',
      of(({ optimizer }) => 'weightDecay' in optimizer && optimizer.weightDecay),
      [0.01, 0.1, 0.1, 0.2, 0.2],
    ],
    ['beta1', of(({ optimizer }) => 'beta1' in optimizer && optimizer.beta1), [0.6, 0.9, 0.9, 0.9, 0.9]],
    ['epochs', of(({ epochs }) => epochs), [9600, 500, 500, 500, 500]],
    ['warm-up epochs', of(({ warmupEpochs }) => warmupEpochs), [5, 5, 20, 20, 20]],
    ['dropout', of(({ dropout }) => dropout), [0.3, 0.2, 0.2, 0.2, 0.2]],
    ['stochastic depth', of(({ stochasticDepth = 0 }) => stochasticDepth), [0, 0.075, 0.075, 0.35, 0.35]],
    ['moving average', of(({ ema }) => ema?.decay), [0.9999, undefined, undefined, undefined, undefined]],
    ['label smoothing', of(({ labelSmoothing }) => labelSmoothing), [0.1, 0.1, 0.1, 0.1, 0.1]],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('and the resolutions of its networks', () => {
    const resolutions = of(({ data }) => 'source' in data && 'resolution' in data.source && data.source.resolution);
    expect(resolutions).toEqual(names.map((name) => namedNetwork(`mnv4-${name}`).input.resolution));
  });

  it('with steps of an epoch of 1,281,167 images, and no more than 128 normalised at a time', () => {
    expect(read.map((recipe) => Math.round(trainingSteps(recipe, 1_281_167) / recipe.epochs))).toEqual([
      313, 313, 78, 78, 78,
    ]);
    for (const { batch, microBatches = 1 } of read) expect(batch / microBatches).toBe(128);
  });
});
