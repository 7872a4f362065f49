import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { fingerprintOf } from '#data/images/fingerprint';
import { formOf, type ImageShape, type ImageSource, labelsOf } from '#data/images/image-source';
import { failureOf, lazySet, tinyImages, tinySource } from '#test/data/fixtures';

const source = tinySource();

it('a source in memory hands out views of its images, with their labels', async () => {
  const { images, labels, n } = source.train;
  const { pixels, ...size } = await (await source.train.load(7)).whole();
  expect(size).toEqual({ height: 6, width: 5, channels: 1 });
  expect([pixels.buffer, pixels.byteOffset, pixels.length]).toEqual([images.buffer, images.byteOffset + 210, 30]);
  expect([...labelsOf(source.train)]).toEqual([...labels]);
  expect(n).toBe(120);
});

it('the form of a set is what all of its images have', () => {
  expect(formOf(source)).toEqual({ shape: [6, 5, 1], classes: 4 });
});

it('the form of a set with a fit has its size, however large the images are', () => {
  const train = { ...source.train, shape: undefined };
  const fit = { height: 4, width: 8, centralCrop: 0.875 };
  expect(formOf({ ...source, train, fit })).toEqual({ shape: [4, 8, 1], classes: 4 });
});

it.each<[string, ImageSource]>([
  ['among themselves', { ...source.train, shape: undefined }],
  ['from the test images', tinyImages([5, 6, 1] satisfies ImageShape, 4, 30, 'train')],
])('images that differ in size %s are refused', (_, train) => {
  const failure = failureOf(() => formOf({ ...source, train }));
  expect([failure.kind, failure.message, failure.remedy]).toEqual([
    'data',
    'tiny: the images differ in size, but trainings and distillation sets need one size for all',
    'state a size next to the source, such as resolution: 96',
  ]);
});

it('the fingerprint of a set is the hash of its form, pixels and labels, however they are loaded', async () => {
  const hash = createHash('sha256').update(JSON.stringify({ shape: [6, 5, 1], classNames: source.classNames }));
  for (const { images, labels } of [source.train, source.test]) {
    hash.update(images).update(new Uint8Array(Int32Array.from(labels).buffer));
  }
  const expected = hash.digest('hex');
  expect(await fingerprintOf(source)).toBe(expected);
  expect(await fingerprintOf(lazySet(source))).toBe(expected);
});
