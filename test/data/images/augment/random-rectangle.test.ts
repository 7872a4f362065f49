import { expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { inceptionRectangle, randomRectangle } from '#data/images/augment/random-rectangle';
import type { Rectangle } from '#data/images/image-source';

const usual = { area: [0.08, 1], aspect: [3 / 4, 4 / 3] } as const;

it('draws rectangles of the asked areas and aspects inside the image', () => {
  const random = randomStream('rectangles');
  const range = { area: [0.1, 0.5], aspect: [0.5, 2] } as const;
  for (let i = 0; i < 500; i++) {
    const { top, left, height, width } = randomRectangle({ height: 20, width: 30 }, range, random) as Rectangle;
    expect(top).toBeGreaterThanOrEqual(0);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(top + height).toBeLessThanOrEqual(20 + 1e-9);
    expect(left + width).toBeLessThanOrEqual(30 + 1e-9);
    const area = (height * width) / 600;
    expect(area).toBeGreaterThan(0.1 - 1e-9);
    expect(area).toBeLessThan(0.5 + 1e-9);
    expect(Math.abs(Math.log(width / height))).toBeLessThanOrEqual(Math.log(2) + 1e-9);
  }
});

it('draws none if none fits', () => {
  const square = { area: [1, 1], aspect: [1, 1] } as const;
  expect(randomRectangle({ height: 4, width: 40 }, square, randomStream('x'))).toBeUndefined();
});

it('an Inception crop falls back to the largest central one with an aspect of the range', () => {
  const range = { area: [1, 1], aspect: [0.8, 1.25] } as const; // never fits into an image much longer than wide
  const fallBack = (height: number, width: number) => inceptionRectangle({ height, width }, range, randomStream('x'));
  expect(fallBack(100, 1000)).toEqual({ top: 0, left: 437.5, height: 100, width: 125 });
  expect(fallBack(1000, 100)).toEqual({ top: 437.5, left: 0, height: 125, width: 100 });
});

it('most Inception crops of a picture ten times as wide as high fall back, as with torchvision', () => {
  const random = randomStream('wide');
  const draws = Array.from({ length: 2000 }, () => randomRectangle({ height: 100, width: 1000 }, usual, random));
  const none = draws.filter((rectangle) => rectangle === undefined).length / draws.length;
  expect(Math.abs(none - 0.78)).toBeLessThan(0.04);
});

it('the mean area of Inception crops of a square is that of torchvision, 0.48', () => {
  const random = randomStream('square');
  let sum = 0;
  for (let i = 0; i < 5000; i++) {
    const { height, width } = inceptionRectangle({ height: 224, width: 224 }, usual, random);
    sum += (height * width) / 224 ** 2;
  }
  expect(Math.abs(sum / 5000 - 0.48)).toBeLessThan(0.015);
});
