import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stageSettings } from '#tasks/search/config/stage-settings';
import { planCoarse } from '#tasks/search/plan';
import { readStudy, type StudyPart } from '#tasks/study/study';
import { failureOf, newFolder } from '#test/data/fixtures';
import { smallConfig, smallSpace } from '#test/tasks/search/small-world';

const folder = newFolder();

const recipe = `name: alone
data: { folder: ../set }
epochs: 1
batch: 16
optimizer: { kind: adamW }
learningRate: 0.01
`;

function study(arms: string, rest = ''): string {
  const file = join(folder, 'studies', 'some.study.yaml');
  writeFileSync(file, `name: some\nconfig: ../small.yaml\nrecipe: alone.train.yaml\n${rest}arms:\n${arms}`);
  return file;
}

beforeAll(() => {
  mkdirSync(join(folder, 'studies'), { recursive: true });
  writeFileSync(join(folder, 'small.yaml'), smallConfig);
  writeFileSync(join(folder, 'small.coarse.yaml'), smallSpace);
  writeFileSync(join(folder, 'studies', 'alone.train.yaml'), recipe);
});

describe('a study', () => {
  it('gives each arm the config with the values of the study, then of the arm, under each seed', () => {
    const arms =
      '  - { name: a }\n  - { name: b, stages: [coarse], set: { search.steps: 6, "cost[0].target": 9000 } }\n';
    const {
      arms: found,
      measure,
      seeds,
      trainings,
    } = readStudy(study(arms, 'set: { search.batch: 8, search.steps: 5 }\n'));
    expect([measure, seeds, trainings]).toEqual(['winners', [1, 2, 3], 1]);
    expect(found.map(({ name, stages }) => [name, stages])).toEqual([
      ['a', ['coarse', 'fine']],
      ['b', ['coarse']],
    ]);
    const settings = found.map(({ config }) => stageSettings(config(2), 'coarse'));
    expect(settings.map(({ batch, steps }) => [batch, steps])).toEqual([
      [8, 5],
      [8, 6],
    ]);
    expect(found.map(({ config }) => planCoarse(config(1)).task.targets[0]?.target)).toEqual([12000, 9000]);
    expect([1, 7].map((seed) => found[0]?.config(seed).config.seed)).toEqual([1, 7]);
  });

  it('runs a part of itself where asked to', () => {
    const file = study('  - { name: a }\n  - { name: b, seeds: 2 }\n', 'targets: [9000, 12000]\n');
    const runs = (part?: StudyPart) => readStudy(file, part).arms.map(({ seeds }) => seeds);
    expect(runs()).toEqual([
      [1, 2, 3],
      [1, 2],
      [1, 2, 3],
      [1, 2],
    ]);
    expect(runs({ seeds: [2, 3], arms: ['b'] })).toEqual([[], [2], [], [2]]);
    expect(runs({ arms: ['a', 'b'], targets: [12000] })).toEqual([[], [], [1, 2, 3], [1, 2]]);
    expect(readStudy(file, { seeds: [2, 3] }).seeds).toEqual([2, 3]);
  });

  it.each<[StudyPart, string]>([
    [{ seeds: [3, 4] }, '--seeds: expected seeds from 1 to 3; got 3-4'],
    [{ arms: ['a', 'c', 'd'] }, '--arms: expected arms of the study, a, b; got c, d'],
    [{ targets: [7] }, '--targets: expected targets of the study, which has none; got 7'],
  ])('refuses a part that it lacks: %j', (part, expected) => {
    const file = study('  - { name: a }\n  - { name: b }\n');
    const { kind, message } = failureOf(() => readStudy(file, part));
    expect([kind, message]).toEqual(['usage', expected]);
  });

  it('has each arm for each of its targets, with other runs', () => {
    const arms = '  - { name: a }\n  - { name: b, coarseOf: a }\n  - { name: c, scaled: mobilenet-v2 }\n';
    const { arms: found } = readStudy(study(arms, 'targets: [9000, 12000]\n'));
    expect(
      found.map(({ name, target, runs, coarseRuns, scaled }) => [name, target, runs, coarseRuns, scaled?.name]),
    ).toEqual(
      [9000, 12000].flatMap((target) => [
        ['a', target, `a-at-${target}`, undefined, undefined],
        ['b', target, `b-at-${target}`, `a-at-${target}`, undefined],
        ['c', target, `c-at-${target}`, undefined, 'mobilenet-v2'],
      ]),
    );
    expect(found.map(({ config }) => planCoarse(config(1)).task.targets[0]?.target)).toEqual([
      9000, 9000, 9000, 12000, 12000, 12000,
    ]);
  });

  it('compares lengths in ascending order, otherwise trains as long as its recipe says', () => {
    expect(readStudy(study('  - { name: a }\n')).epochs).toEqual([1]);
    const lengths = 'measure: lengths\nepochs: [3, 1, 2]\n';
    expect(readStudy(study('  - { name: a, draw: 3 }\n', lengths)).epochs).toEqual([1, 2, 3]);
  });

  it.each([
    ['measure: lengths\n', 'epochs: expected at least two lengths with measure: lengths; got fewer'],
    ['measure: lengths\nepochs: [3]\n', '5:9: epochs: expected at least two lengths with measure: lengths; got fewer'],
    ['epochs: [1, 2]\n', '4:9: epochs: expected no epochs with measure: winners; got some'],
    ['targets: [0]\n', '4:11: targets[0]: expected a target above 0; got 0'],
  ])('with %s is refused', (rest, message) => {
    expect(failureOf(() => readStudy(study('  - { name: a }\n', rest))).message).toContain(message);
  });

  it('has a judge with a uniform policy and a separate seed', () => {
    const judge = 'judge: { search.steps: 9, search.strategy: reinforce }\n';
    const { judge: found } = readStudy(study('  - { name: a }\n', `set: { search.batch: 8 }\n${judge}`));
    expect(found?.config.seed).toBe(0);
    expect(found && stageSettings(found, 'coarse')).toMatchObject({ batch: 8, steps: 9, strategy: 'random' });
    const failure = failureOf(() => readStudy(study('  - { name: a }\n', `measure: ranking\n${judge}`)));
    expect(failure.message).toContain('5:8: judge: expected no judge with measure: ranking; got one');
  });

  it('that ranks has no arm without a SuperNet', () => {
    const failure = failureOf(() => readStudy(study('  - { name: a, draw: 3 }\n', 'measure: ranking\n')));
    expect(failure.message).toContain('arms[0].draw: expected a search, whose SuperNet is ranked; got draw');
  });

  it.each([
    ['  - { name: a }\n  - { name: a }\n', '6:13: arms[1].name: expected a name that no other arm has; got a again'],
    [
      '  - { name: a, set: { search.stepz: 3 } }\n',
      ': arms[0].set.search.stepz: search.stepz: unknown key; did you mean steps?',
    ],
    [
      '  - { name: a, set: { search.steps: many } }\n',
      ': arms[0].set.search.steps: search.steps: expected a number of steps',
    ],
    ['  - { name: a, runsOf: b }\n', '5:24: arms[0].runsOf: expected the name of another arm; got b'],
    [
      '  - { name: a, coarseOf: b }\n  - { name: b }\n',
      '5:26: arms[0].coarseOf: expected the name of an earlier arm; got b',
    ],
    ['  - { name: a, stages: [fine] }\n', 'arms[0].stages: expected coarse first, or with coarseOf fine alone'],
    ['  - { name: a, draw: 2, scaled: mobilenet-v2 }\n', 'arms[0].scaled: expected either draw or scaled; got both'],
    ['  - { name: a, scaled: mobilenet-v9 }\n', '5:24: arms[0].scaled: '],
    ['  - { name: a b }\n', 'arms[0].name: expected a name of letters, digits and hyphens; got a b'],
    ['  - { name: a, stages: [fein] }\n', 'arms[0].stages[0]: expected one of coarse, fine; got fein'],
    ['  - { name: a, draw: 0 }\n', 'arms[0].draw: expected a number of architectures of at least 1; got 0'],
  ])('whose arms are\n%s is refused', (arms, message) => {
    const failure = failureOf(() => readStudy(study(arms)));
    expect(failure.kind).toBe('config');
    expect(failure.message).toContain(message);
  });
});
