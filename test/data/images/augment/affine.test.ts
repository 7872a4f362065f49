import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rotated, shearedX, shearedY } from '#data/images/augment/affine';
import { anyImage, imageOf } from './fixtures.js';

const square = imageOf([3, 3, 1], 1, 2, 3, 4, 5, 6, 7, 8, 9);

it('a quarter turn is counter-clockwise and exact, four of them are the image', () => {
  expect([...rotated(square, 90).pixels]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
  expect(rotated(square, -270)).toEqual(rotated(square, 90));
  expect([...rotated(square, 180).pixels]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  let turned = square;
  for (let i = 0; i < 4; i++) turned = rotated(turned, 90);
  expect(turned).toEqual(square);
});

it('a turn by 45 degrees leaves the middle and blackens the corners', () => {
  const { pixels } = rotated(imageOf([5, 5, 1], ...new Array<number>(25).fill(7)), 45);
  expect([pixels[12], pixels[0], pixels[4], pixels[20], pixels[24]]).toEqual([7, 0, 0, 0, 0]);
});

it('shear moves a single pixel to the left by its distance from the top', () => {
  const dot = imageOf([4, 4, 1], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
  // The centre of the last row is 3.5 pixels from the top.
  expect(shearedX(dot, 0.3).pixels.indexOf(9)).toBe(14); // by 1.05
  expect(shearedX(dot, 0.8).pixels.indexOf(9)).toBe(12); // by 2.8
  expect(shearedX(dot, -0.3).pixels.indexOf(9)).toBe(-1); // out of the image
  expect(shearedY(dot, 0.3).pixels.indexOf(9)).toBe(11);
});

it('by nothing they are the image', () => {
  fc.assert(
    fc.property(anyImage, (image) => {
      for (const same of [rotated(image, 0), rotated(image, 360), shearedX(image, 0), shearedY(image, 0)]) {
        expect(same).toEqual(image);
      }
    }),
  );
});

it('shear along the columns is shear along the rows of the transposed image', () => {
  fc.assert(
    fc.property(anyImage, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (image, factor) => {
      expect(transposed(shearedY(image, factor))).toEqual(shearedX(transposed(image), factor));
    }),
  );
});

function transposed(image: ReturnType<typeof imageOf>): ReturnType<typeof imageOf> {
  const { height: H, width: W, channels: C, pixels } = image;
  const out = new Uint8Array(pixels.length);
  for (let y = 0; y < H; y++) {
    for (let x = 0; x < W; x++) {
      for (let c = 0; c < C; c++) out[(x * H + y) * C + c] = pixels[(y * W + x) * C + c] as number;
    }
  }
  return { height: W, width: H, channels: C, pixels: out };
}
