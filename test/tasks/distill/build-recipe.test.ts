import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBuildRecipe, readBuildRecipe, teacherOfKind } from '#tasks/distill/build-recipe';
import { failureOf } from '#test/data/fixtures';

const folder = join(import.meta.dirname, '../../../configs/recipes');
const shipped = readdirSync(folder).filter((name) => name.endsWith('.dataset.yaml'));

const good = `name: x
source: { dataset: mnist }
validation: 10
teacher: [{ run: t }]
`;

describe('a dataset recipe', () => {
  it.each(shipped)('%s reads without mistakes', (name) => {
    expect(readBuildRecipe(join(folder, name)).name).toBe(name.replace('.dataset.yaml', ''));
  });

  it('distinguishes its teachers by their keys, without changing them', () => {
    const given = ['{ run: a }', '{ onnx: b }', '{ network: c, weights: d }', '{ network: c, training: e }'];
    const { teacher } = parseBuildRecipe('r', good.replace('{ run: t }', given.join(', ')));
    expect(teacher.map((one) => teacherOfKind(one).kind)).toEqual(['run', 'onnx', 'weights', 'training']);
    expect(teacher[0]).toEqual({ run: 'a' });
  });

  it('has defaults for optional keys', () => {
    expect(parseBuildRecipe('r', good)).toMatchObject({ augment: {}, replicas: 1, seed: 1 });
  });

  it.each([
    [
      'an unknown key',
      good.replace('validation', 'validatoin'),
      'r:3:1: validatoin: unknown key; did you mean validation?',
    ],
    [
      'a missing key',
      good.replace('validation: 10\n', ''),
      'r:1:1: validation: missing; expected a count of source images, 1 or more',
    ],
    [
      'an unknown data set',
      good.replace('mnist', 'mnits'),
      'expected one of fashion-mnist, mnist, cifar10, cifar100; got mnits',
    ],
    [
      'an unknown format',
      good.replace('dataset: mnist', 'format: idy, folder: x'),
      'source.format: expected one of auto, folder, csv, webdataset',
    ],
    [
      'no teacher',
      good.replace('[{ run: t }]', '[]'),
      'r:4:10: teacher: expected a list of teachers of at least 1; got []',
    ],
    ['a half teacher', good.replace('{ run: t }', '{ network: n }'), 'missing; expected the file of a training recipe'],
    [
      'a negative shift',
      `${good}augment: { shift: -1 }`,
      'r:5:19: augment.shift: expected a count of pixels from 0 to 2048; got -1',
    ],
    ['a reversed range', `${good}augment: { inceptionCrop: { area: [1, .5] } }`, 'low before high; got [1,0.5]'],
    [
      'a large area',
      `${good}augment: { inceptionCrop: { area: [.5, 2] } }`,
      'expected two shares of the area above 0 and at most 1; got 2',
    ],
    [
      "a magnitude above timm's scale",
      `${good}augment: { randAugment: { magnitude: 21, scale: timm } }`,
      "augment.randAugment.magnitude: expected a magnitude from 0 to 20 on timm's scale, from 0 to 10 on timmIncreasing; got 21",
    ],
    [
      "half a magnitude on torchvision's scale",
      `${good}augment: { randAugment: { magnitude: 4.5, scale: torchvision } }`,
      "augment.randAugment.magnitude: expected a whole number on torchvision's scale; got 4.5",
    ],
    [
      "a spread on torchvision's scale",
      `${good}augment: { randAugment: { magnitude: 9, scale: torchvision, spread: 1 } }`,
      "augment.randAugment.spread: expected no spread on torchvision's scale; got 1",
    ],
    [
      'probabilities of mixing above 1',
      `${good}augment: { mixup: { alpha: 1, probability: .7 }, cutmix: { alpha: 1, probability: .4 } }`,
      'cutmix.probability: expected probabilities of mixup and cutmix with a sum of at most 1; got 0.4',
    ],
    ['no replicas', `${good}replicas: 0`, 'r:5:11: replicas: expected a count of replicas from 1 to 10000; got 0'],
    ['a seed in words', `${good}seed: one`, 'r:5:7: seed: expected a seed, 0 or more; got one'],
  ])('with %s is refused at its place', (_, text, message) => {
    const failure = failureOf(() => parseBuildRecipe('r', text));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toContain(message);
  });
});
