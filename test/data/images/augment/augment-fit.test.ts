import { expect, it } from 'vitest';
import type { Augmentation } from '#data/images/augment/augment';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { failureOf } from '#test/data/fixtures';

it.each<[Augmentation, string]>([
  [{ shift: 8 }, "augment.shift: expected less than the images' 8 pixels; got 8"],
  [
    { inceptionCrop: { area: [0.5, 1], aspect: [5, 6] } },
    'augment.inceptionCrop: expected rectangles that fit into 8x16; got none',
  ],
  [
    { erase: { probability: 1, area: [0.9, 0.95] }, inceptionCrop: { area: [0.9, 1], aspect: [0.5, 1] } },
    'augment.inceptionCrop: expected rectangles that fit into 8x16; got none',
  ],
  [
    { erase: { probability: 1, area: [0.001, 0.007] } },
    'augment.erase: expected rectangles of at least one pixel; got smaller ones',
  ],
  [
    { inceptionCrop: { area: [0.001, 0.001], aspect: [1, 1] } },
    'augment.inceptionCrop: expected rectangles of at least one pixel; got smaller ones',
  ],
])('%o makes no sense of images of 8x16', (augmentation, message) => {
  expect(failureOf(() => requireAugmentation(augmentation, [8, 16, 1])).message).toBe(message);
});

it.each<Augmentation>([
  {},
  { shift: 7 },
  { inceptionCrop: { area: [1, 1], aspect: [2, 2] } },
  { inceptionCrop: { area: [0.08, 1], aspect: [0.75, 4 / 3] }, erase: { probability: 1, area: [0.02, 0.2] } },
  { erase: { probability: 1, area: [0.001, 1 / 128] } },
])('%o does', (augmentation) => {
  expect(() => requireAugmentation(augmentation, [8, 16, 1])).not.toThrow();
});
