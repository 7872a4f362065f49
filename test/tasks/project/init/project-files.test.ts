import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDevice } from '#networks/cost/device';
import { readNetwork, readSpace } from '#networks/space/parse';
import { findDevice } from '#networks/zoo/shipped';
import { readBuildRecipe } from '#tasks/distill/build-recipe';
import { designInit, planInit } from '#tasks/project/init/init-plan';
import { projectFiles } from '#tasks/project/init/project-files';
import { planStages } from '#tasks/project/project';
import { readSearchConfig } from '#tasks/search/config/config';
import { planWarnings } from '#tasks/search/plan';
import { planStudy } from '#tasks/study/plan-study';
import { readStudy } from '#tasks/study/study';
import { readTrainingRecipe } from '#tasks/training/recipe';
import { newFolder } from '#test/data/fixtures';
import { inspected } from './inspected.js';

const device = readDevice(findDevice('pixel-6-cpu'));
const speeds = { teacherMs: 5, networkMs: 0.6, loadMs: 2 };
const names = {
  name: 'flowers',
  images: '../../photos "of" flowers',
  device: 'pixel-6-cpu',
  broken: 0,
  command: 'mnv4-nas search flowers/config.yaml',
  studyCommand: 'mnv4-nas study flowers/study.yaml --root flowers/runs',
};

/** Plans a project, writes its files into a new folder and returns the folder. */
function written(images = inspected(), targetMs = 0.3, hours = 1): string {
  const plan = planInit(images, designInit(images, device, { targetMs, hours }), hours, speeds);
  const folder = newFolder();
  for (const { name, content } of projectFiles(plan, { ...names, targetMs, broken: images.broken.count })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('the files of a project', () => {
  it('are a config, a space and recipes without mistakes, whose target is in reach', () => {
    for (const targetMs of [0.1, 0.5, 2, 8]) {
      const config = readSearchConfig(join(written(inspected(), targetMs), 'config.yaml'));
      const stages = planStages(config);
      expect(stages.flatMap(({ task }) => planWarnings(task))).toEqual([]);
      expect(config.config).toMatchObject({ name: 'flowers', runs: 'runs', export: { to: ['onnx'] } });
    }
  });

  it('have a study whose arms can all be searched or scaled to the target', () => {
    for (const targetMs of [0.1, 0.5, 2]) {
      const study = readStudy(join(written(inspected(), targetMs, 0.1), 'study.yaml'));
      planStudy(study);
      expect(study.arms.map(({ name }) => name).slice(0, 4)).toEqual([
        'two-stage',
        'coarse-alone',
        'any-of-fine-space',
        'one-stage',
      ]);
    }
  });

  it('name the images, quoted, their resolution, and the split of the controller', () => {
    const folder = written();
    const recipe = readBuildRecipe(join(folder, 'recipes/set.dataset.yaml'));
    const { input } = readSpace(join(folder, 'search-space.coarse.yaml'));
    expect(recipe).toMatchObject({
      source: { folder: names.images, resolution: input.resolution },
      validation: 120,
      teacher: [{ network: 'teacher.network.yaml', training: 'teacher.train.yaml' }],
    });
    expect(readTrainingRecipe(join(folder, 'recipes/teacher.train.yaml')).data).toMatchObject({
      source: recipe.source,
      augment: { flip: true },
    });
    expect(readNetwork(join(folder, 'recipes/teacher.network.yaml')).input).toEqual(input);
  });

  it('train the network on labelled images, as the teacher', () => {
    const folder = written(inspected(), 0.3, 0.1);
    const [teacher, final] = ['teacher', 'final'].map((name) =>
      readTrainingRecipe(join(folder, `recipes/${name}.train.yaml`)),
    );
    const kept = { data: teacher?.data, optimizer: teacher?.optimizer, labelSmoothing: teacher?.labelSmoothing };
    expect(final).toMatchObject({ name: 'flowers-final', ...kept });
    expect(final?.epochs).toBeGreaterThan(teacher?.epochs as number);
  });

  it('keep all of images that have the resolution, which is stated where the files must be decoded to know it', () => {
    const side = { min: 30, median: 30, max: 30 };
    const small = inspected({ oneSize: true, height: side, width: side, shorterSide: side });
    const recipe = readBuildRecipe(join(written(small, 0.3), 'recipes/set.dataset.yaml'));
    expect(recipe.source).toEqual({ folder: names.images, resolution: 30, centralCrop: 1 });
  });

  it('leave out the resolution of raw images that have it, and never mirror grey ones', () => {
    const side = { min: 28, median: 28, max: 28 };
    const size = { oneSize: true, height: side, width: side, shorterSide: side };
    const grey = inspected({ channels: 1, encodings: { raw: 1000 }, ...size });
    const recipe = readBuildRecipe(join(written(grey, 0.1), 'recipes/set.dataset.yaml'));
    expect(recipe.source).toEqual({ folder: names.images });
    expect(recipe.augment).toEqual({ shift: 2 });
  });

  it('leave out broken images, as many as were found', () => {
    const broken = { count: 3, examples: [{ place: 'a.jpg', problem: 'cut off' }] };
    expect(readBuildRecipe(join(written(inspected({ broken })), 'recipes/set.dataset.yaml')).source).toMatchObject({
      skipBroken: 3,
    });
  });

  it('have batches that suit small sets', () => {
    const few = inspected({ train: { n: 120, perClass: [40, 40, 40, 0] } });
    const { config } = readSearchConfig(join(written(few), 'config.yaml'));
    expect(config.search).toMatchObject({ batch: 8, validationBatch: 16 });
  });
});

describe('a target that no space reaches', () => {
  it('is refused with the latencies that are possible', () => {
    expect(() => designInit(inspected(), device, { targetMs: 1000, hours: 1 })).toThrow(
      /^--target-ms: expected a latency from 0\.\d+ ms to \d+ ms, which networks for images of up to 256 pixels have on pixel-6-cpu; got 1000: the space closest to it has /,
    );
    expect(() => designInit(inspected(), device, { targetMs: 0.001, hours: 1, resolution: 224 })).toThrow(
      /networks for 224x224 pixels have on pixel-6-cpu; got 0.001/,
    );
  });
});

it('images of a single class are refused', () => {
  const one = inspected({ classNames: ['rose'] });
  expect(() => designInit(one, device, { targetMs: 1, hours: 1 })).toThrow(
    'expected images of two classes or more; got 1',
  );
});
