import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brightened, colored, contrasted, sharpened } from '#data/images/augment/enhance';
import { anyImage, imageOf } from './fixtures.js';

const ways = { brightened, colored, contrasted, sharpened };

describe.each(Object.entries(ways))('%s', (_, way) => {
  it('by factor 1 is the image', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        expect(way(image, 1)).toEqual(image);
      }),
    );
  });

  it('leaves a flat grey image unchanged by any factor, unless it is brightened', () => {
    const grey = imageOf([3, 3, 3], ...new Array<number>(27).fill(100));
    expect(way(grey, 1.9)).toEqual(way === brightened ? imageOf([3, 3, 3], ...new Array<number>(27).fill(190)) : grey);
  });
});

it('brightness multiplies levels, cut to whole ones', () => {
  expect([...brightened(imageOf([1, 3, 1], 3, 100, 200), 1.5).pixels]).toEqual([4, 150, 255]);
  expect([...brightened(imageOf([1, 3, 1], 3, 100, 200), 0).pixels]).toEqual([0, 0, 0]);
});

it('no colour gives the luma of each pixel', () => {
  const red = imageOf([1, 2, 3], 255, 0, 0, 10, 20, 30);
  expect([...colored(red, 0).pixels]).toEqual([76, 76, 76, 18, 18, 18]); // 0.299 R + 0.587 G + 0.114 B
});

it('more colour moves away from the luma', () => {
  expect([...colored(imageOf([1, 1, 3], 10, 20, 30), 2).pixels]).toEqual([2, 22, 42]); // 18 + 2 (level - 18)
});

it('an image of one channel has no colour to change', () => {
  expect(colored(imageOf([1, 2, 1], 5, 250), 0).pixels).toEqual(Uint8Array.of(5, 250));
});

it('no contrast gives the rounded mean', () => {
  expect([...contrasted(imageOf([1, 2, 1], 10, 21), 0).pixels]).toEqual([16, 16]);
  expect([...contrasted(imageOf([1, 2, 1], 10, 22), 2).pixels]).toEqual([4, 28]);
});

it('no sharpness gives the mean in which a pixel counts five times, its neighbours once', () => {
  const dot = imageOf([3, 3, 1], 0, 0, 0, 0, 130, 0, 0, 0, 0);
  expect([...sharpened(dot, 0).pixels]).toEqual([0, 0, 0, 0, 50, 0, 0, 0, 0]);
  expect([...sharpened(dot, 2).pixels]).toEqual([0, 0, 0, 0, 210, 0, 0, 0, 0]); // 50 + 2 (130 - 50)
});

it('the border is not sharpened, so an image without inner pixels is unchanged', () => {
  const narrow = imageOf([2, 3, 1], 1, 200, 3, 4, 5, 255);
  expect(sharpened(narrow, 0)).toEqual(narrow);
});
