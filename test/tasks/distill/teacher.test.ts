/** Teachers named by recipes, trained here if necessary. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formOf } from '#data/images/image-source';
import { oneWorker } from '#jobs/workers/launcher';
import { openBackend } from '#networks/tensor/backend';
import type { TeacherReference } from '#tasks/distill/build-recipe';
import { teacherLoader } from '#tasks/distill/teacher';
import { failureOfAsync, newFolder } from '#test/data/fixtures';
import { patternSource } from '#test/tasks/search/small-world';
import { silent, writeSmallTraining } from '#test/tasks/training/small-network';

const source = patternSource();
const trained: TeacherReference = { network: 'small.yaml', training: 'small.train.yaml' };
const cacheBefore = process.env['MNV4_CACHE'];
const world = { environment: {}, workers: oneWorker, observer: silent, clock: () => 0 };
let cache: string;

beforeAll(() => void openBackend({ threads: 1 }));
beforeEach(() => {
  cache = newFolder();
  process.env['MNV4_CACHE'] = cache;
});
afterEach(() => {
  if (cacheBefore === undefined) delete process.env['MNV4_CACHE'];
  else process.env['MNV4_CACHE'] = cacheBefore;
});

function load(references: readonly TeacherReference[], folder: string, shouldStop = () => false) {
  const load = teacherLoader({ ...world, shouldStop });
  return load(references, { recipeFile: join(folder, 'r.dataset.yaml'), form: formOf(source) });
}

const teachers = () => readdirSync(join(cache, 'teachers'));

describe('a teacher', () => {
  it('is trained once, its run kept in the cache, and answers with probabilities', async () => {
    const folder = writeSmallTraining(newFolder());
    const first = await load([trained], folder);
    expect(teachers()).toEqual([expect.stringMatching(/^small-training-[0-9a-f]{12}$/)]);
    rmSync(join(folder, 'train-images-idx3-ubyte')); // a second training would need it
    rmSync(join(cache, 'teachers', teachers()[0] as string, 'checkpoints'), { recursive: true });
    await expect(load([trained], folder)).rejects.toThrow('train-images-idx3-ubyte');
    writeSmallTraining(folder);
    const second = await load([trained], folder);
    expect([second.name, second.fingerprint]).toEqual([first.name, first.fingerprint]);
    const answers = await first.predict(source.test.images, source.test.n);
    expect(answers).toEqual(await second.predict(source.test.images, source.test.n));
    for (let i = 0; i < source.test.n; i++) {
      expect(answers.subarray(3 * i, 3 * (i + 1)).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
  });

  it('made of several networks answers with the mean of their probabilities', async () => {
    const folder = writeSmallTraining(newFolder());
    const one = await load([trained], folder);
    const run = join(cache, 'teachers', teachers()[0] as string);
    const another = writeSmallTraining(newFolder());
    const two = await load([trained], another);
    const both = await load(
      [{ run }, { network: join(another, 'small.yaml'), training: join(another, 'small.train.yaml') }],
      folder,
    );
    expect(both.name).toBe('small+small');
    expect(both.fingerprint).not.toBe(one.fingerprint);
    const [a, b, mean] = await Promise.all([one, two, both].map((teacher) => teacher.predict(source.test.images, 36)));
    for (const [i, p] of (mean as Float32Array).entries()) {
      expect(p).toBeCloseTo(((a as Float32Array)[i]! + (b as Float32Array)[i]!) / 2, 6);
    }
  });

  it('with the same recipe but other images is a different teacher', async () => {
    for (const folder of [newFolder(), newFolder()]) await load([trained], writeSmallTraining(folder));
    expect(teachers()).toHaveLength(2);
  });

  it('may be a finished run; anything else is a data failure', async () => {
    const folder = writeSmallTraining(newFolder());
    const failure = await failureOfAsync(() => load([{ run: 'runs/none' }], folder));
    expect([failure.kind, failure.message]).toEqual([
      'data',
      `${join(folder, 'runs/none')}: expected the folder of a finished training run as teacher; got none`,
    ]);
  });

  it('whose training is stopped resumes the next time', async () => {
    const folder = writeSmallTraining(newFolder());
    const failure = await failureOfAsync(() => load([trained], folder, () => true));
    expect(failure.kind).toBe('stopped');
    expect((await load([trained], folder)).name).toBe('small');
  });

  it('for images of another shape is refused', async () => {
    const folder = writeSmallTraining(newFolder());
    const loader = teacherLoader({ ...world, shouldStop: () => false });
    const failure = await failureOfAsync(() =>
      loader([trained], { recipeFile: join(folder, 'r.yaml'), form: { ...formOf(source), classes: 4 } }),
    );
    expect(failure.message).toBe('small: expected images of 8x8x1 and 3 classes; got 8x8x1 and 4 classes');
  });
});
