import fc from 'fast-check';
import { expect, it } from 'vitest';
import { autoContrasted, equalized, posterized, solarized } from '#data/images/augment/levels';
import { anyImage, imageOf, ramp } from './fixtures.js';

it('solarizing inverts the levels from the threshold upwards', () => {
  expect([...solarized(imageOf([1, 4, 1], 0, 127, 128, 255), 128).pixels]).toEqual([0, 127, 127, 0]);
  expect([...solarized(imageOf([1, 2, 1], 178, 179), 178.5).pixels]).toEqual([178, 76]);
  expect(solarized(ramp, 256)).toEqual(ramp);
});

it('solarizing at a threshold of 0 is the negative', () => {
  expect([...solarized(ramp, 0).pixels]).toEqual([...ramp.pixels].reverse());
});

it.each([1, 2, 3, 4, 5, 6, 7, 8])('posterizing to %d bits clears the others', (bits) => {
  const step = 2 ** (8 - bits);
  expect([...posterized(ramp, bits).pixels]).toEqual([...ramp.pixels].map((level) => level - (level % step)));
});

it('auto contrast stretches each channel from 0 to 255', () => {
  const image = imageOf([1, 3, 3], 10, 0, 7, 60, 128, 7, 110, 255, 7);
  expect([...autoContrasted(image).pixels]).toEqual([0, 0, 7, 127, 128, 7, 255, 255, 7]);
});

it('auto contrast reaches 0 and 255, or by rounding 254, in every channel that is not flat', () => {
  fc.assert(
    fc.property(anyImage, (image) => {
      const before = channelsOf(image);
      for (const [c, levels] of channelsOf(autoContrasted(image)).entries()) {
        const isFlat = new Set(before[c]).size === 1;
        expect(levels).toEqual(isFlat ? before[c] : levels);
        if (isFlat) continue;
        expect(Math.min(...levels)).toBe(0);
        expect(Math.max(...levels)).toBeGreaterThanOrEqual(254);
      }
    }),
  );
});

it('equalizing leaves the ramp of all levels unchanged', () => {
  expect(equalized(ramp)).toEqual(ramp);
});

it('equalizing spreads two levels to the ends', () => {
  const halves = { ...ramp, pixels: Uint8Array.from({ length: 512 }, (_, i) => (i < 255 ? 100 : 101)), width: 32 };
  // 255 pixels below the brightest level: the step is one pixel, so level 101 moves to 255.
  expect(new Set(equalized(halves).pixels)).toEqual(new Set([0, 255]));
});

it('equalizing keeps the order of levels, and an image of few pixels unchanged', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 900, maxLength: 900 }), anyImage, (pixels, small) => {
      const after = equalized({ height: 30, width: 30, channels: 1, pixels }).pixels;
      const order = [...pixels.keys()].sort((a, b) => (pixels[a] as number) - (pixels[b] as number));
      for (let i = 1; i < order.length; i++) {
        expect(after[order[i] as number]).toBeGreaterThanOrEqual(after[order[i - 1] as number] as number);
      }
      expect(equalized(small)).toEqual(small);
    }),
  );
});

function channelsOf({ channels, pixels }: { readonly channels: number; readonly pixels: Uint8Array }): number[][] {
  return Array.from({ length: channels }, (_, c) => [...pixels].filter((_, i) => i % channels === c));
}
