import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blended, cropped, erased, flipped, pasted, resized, shifted } from '#data/images/augment/resample';
import { anyImage, imageOf } from './fixtures.js';

const image = imageOf([2, 3, 1], 1, 2, 3, 4, 5, 6);

describe('resampling', () => {
  it('moves by whole pixels and fills with 0', () => {
    expect([...shifted(image, 1, 0).pixels]).toEqual([0, 0, 0, 1, 2, 3]);
    expect([...shifted(image, 0, -1).pixels]).toEqual([2, 3, 0, 5, 6, 0]);
    expect([...shifted(image, -1, 2).pixels]).toEqual([0, 0, 4, 0, 0, 0]);
    expect([...shifted(image, 0, 9).pixels]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('mirrors left to right, channels kept', () => {
    expect([...flipped(image).pixels]).toEqual([3, 2, 1, 6, 5, 4]);
    expect([...flipped(imageOf([1, 2, 3], 1, 2, 3, 4, 5, 6)).pixels]).toEqual([4, 5, 6, 1, 2, 3]);
  });

  it('mirrored twice is the image', () => {
    fc.assert(
      fc.property(anyImage, (image) => {
        expect(flipped(flipped(image))).toEqual(image);
      }),
    );
  });

  it('erases whole pixels', () => {
    const column = { top: 0, left: 1, height: 2, width: 1 };
    expect([...erased(image, column).pixels]).toEqual([1, 0, 3, 4, 0, 6]);
    const buffer = Buffer.from(image.pixels); // its slices share memory
    erased({ ...image, pixels: buffer }, column);
    expect([...buffer]).toEqual([...image.pixels]);
  });

  it('blends to the nearest integer', () => {
    const [a, b] = [imageOf([1, 3, 1], 0, 10, 255), imageOf([1, 3, 1], 100, 11, 255)];
    expect([...blended(a, b, 0.25).pixels]).toEqual([75, 11, 255]);
  });

  it('pastes whole pixels of another image at the same place, scaled to the first', () => {
    const column = { top: 0, left: 1, height: 2, width: 1 };
    expect([...pasted(image, imageOf([2, 3, 1], 9, 8, 7, 6, 5, 4), column).pixels]).toEqual([1, 8, 3, 4, 5, 6]);
    expect([...pasted(image, imageOf([1, 1, 1], 9), column).pixels]).toEqual([1, 9, 3, 4, 9, 6]);
    expect([...image.pixels]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('crops bilinearly between pixel centres', () => {
    const row = imageOf([1, 4, 1], 0, 100, 200, 40);
    const whole = { top: 0, left: 0, height: 1, width: 4 };
    expect(cropped(row, whole)).toEqual(row);
    // The middle half, twice as wide: centres at 0.75, 1.25, 1.75 and 2.25 of the part 1…3 with pixels 100 and 200.
    expect([...cropped(row, { top: 0, left: 1, height: 1, width: 2 }).pixels]).toEqual([100, 125, 175, 200]);
  });

  it('enlarges to another size: each pixel twice as wide lies between its neighbours', () => {
    const row = imageOf([1, 2, 1], 0, 100);
    const whole = { top: 0, left: 0, height: 1, width: 2 };
    expect(cropped(row, whole, { height: 1, width: 4 })).toEqual(imageOf([1, 4, 1], 0, 25, 75, 100));
  });

  it('blends an image of another size scaled to that of the first', () => {
    const [wide, narrow] = [imageOf([1, 4, 1], 0, 0, 0, 0), imageOf([1, 2, 1], 0, 100)];
    expect([...blended(wide, narrow, 0).pixels]).toEqual([0, 25, 75, 100]);
    expect([...blended(narrow, wide, 1).pixels]).toEqual([0, 100]);
  });

  it('crops of any image stay within its range, and the whole is the image', () => {
    const share = fc.double({ min: 0.05, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyImage, share, share, share, share, (image, a, b, c, d) => {
        const { height: H, width: W } = image;
        const [height, width] = [a * H, b * W];
        const part = cropped(image, { top: c * (H - height), left: d * (W - width), height, width });
        expect(part.pixels.length).toBe(image.pixels.length);
        expect(Math.max(...part.pixels)).toBeLessThanOrEqual(Math.max(...image.pixels));
        expect(Math.min(...part.pixels)).toBeGreaterThanOrEqual(Math.min(...image.pixels));
        expect(cropped(image, { top: 0, left: 0, height: H, width: W })).toEqual(image);
      }),
    );
  });

  it('averages the pixels below a triangle when it shrinks', () => {
    const row = imageOf([1, 4, 1], 0, 100, 200, 40);
    const whole = { top: 0, left: 0, height: 1, width: 4 };
    // Triangles of half-width 2 around 1 and 3: weights 3, 3, 1 (of pixels 0 to 2) and 1, 3, 3 (of pixels 1 to 3).
    const [left, right] = [(3 * 0 + 3 * 100 + 200) / 7, (100 + 3 * 200 + 3 * 40) / 7];
    expect([...cropped(row, whole, { height: 1, width: 2 }).pixels]).toEqual([Math.round(left), Math.round(right)]);
  });

  it('ignores pixels outside the rectangle', () => {
    const row = imageOf([1, 6, 1], 255, 10, 10, 10, 10, 255);
    const inner = { top: 0, left: 1, height: 1, width: 4 };
    for (const width of [1, 2, 3, 4, 9]) {
      expect([...cropped(row, inner, { height: 1, width }).pixels]).toEqual(Array(width).fill(10));
    }
  });

  it('enlarges in integers to within 1 of bilinear interpolation', () => {
    fc.assert(
      fc.property(anyImage, fc.nat(5), fc.nat(5), (image, more, wider) => {
        const whole = { top: 0, left: 0, height: image.height, width: image.width };
        const to = { height: image.height + more, width: image.width + wider };
        const exact = cropped(image, whole, to).pixels;
        const differences = resized(image, whole, to).pixels.map((value, i) => Math.abs(value - (exact[i] as number)));
        expect(Math.max(...differences)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keeps a constant image constant, whatever the rectangle and the size', () => {
    const upTo = (max: number) => fc.double({ min: 0, max, noNaN: true });
    const rectangles = fc.record({ top: upTo(3), left: upTo(2) });
    const constant = imageOf([9, 8, 3], ...Array(216).fill(77));
    fc.assert(
      fc.property(rectangles, fc.integer({ min: 1, max: 20 }), ({ top, left }, size) => {
        const rectangle = { top, left, height: 5.5, width: 5.9 };
        const { pixels } = cropped(constant, rectangle, { height: size, width: 5 });
        expect([...pixels]).toEqual(Array(size * 15).fill(77));
      }),
    );
  });
});
