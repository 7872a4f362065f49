import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blended, cropped, erased, flipped, shifted } from '#data/images/augment/resample';
import type { Shape } from '#data/images/image-source';

const shape: Shape = [2, 3, 1];
const image = Uint8Array.of(1, 2, 3, 4, 5, 6);

/** An image of any small shape. */
const anyImage = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 3))
  .chain(([H, W, C]) => {
    const length = H * W * C;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((image) => ({ image, shape: [H, W, C] as Shape }));
  });

describe('resampling', () => {
  it('moves by whole pixels and fills with 0', () => {
    expect([...shifted(image, shape, 1, 0)]).toEqual([0, 0, 0, 1, 2, 3]);
    expect([...shifted(image, shape, 0, -1)]).toEqual([2, 3, 0, 5, 6, 0]);
    expect([...shifted(image, shape, -1, 2)]).toEqual([0, 0, 4, 0, 0, 0]);
    expect([...shifted(image, shape, 0, 9)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('mirrors left to right, channels kept', () => {
    expect([...flipped(image, shape)]).toEqual([3, 2, 1, 6, 5, 4]);
    expect([...flipped(Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3])]).toEqual([4, 5, 6, 1, 2, 3]);
  });

  it('mirrored twice is the image', () => {
    fc.assert(
      fc.property(anyImage, ({ image, shape }) => {
        expect(flipped(flipped(image, shape), shape)).toEqual(image);
      }),
    );
  });

  it('erases whole pixels', () => {
    const column = { top: 0, left: 1, height: 2, width: 1 };
    expect([...erased(image, shape, column)]).toEqual([1, 0, 3, 4, 0, 6]);
    const buffer = Buffer.from(image); // whose slice is no copy
    erased(buffer, shape, column);
    expect([...buffer]).toEqual([...image]);
  });

  it('blends to the nearest integer', () => {
    expect([...blended(Uint8Array.of(0, 10, 255), Uint8Array.of(100, 11, 255), 0.25)]).toEqual([75, 11, 255]);
  });

  it('crops bilinearly between pixel centres', () => {
    const row = Uint8Array.of(0, 100, 200, 40);
    const whole = { top: 0, left: 0, height: 1, width: 4 };
    expect([...cropped(row, [1, 4, 1], whole)]).toEqual([...row]);
    // The middle half, twice as wide: centres at .75, 1.25, 1.75 and 2.25 of the part 1…3, whose pixels are 100 and 200.
    expect([...cropped(row, [1, 4, 1], { top: 0, left: 1, height: 1, width: 2 })]).toEqual([100, 125, 175, 200]);
  });

  it('crops of any image stay within its range, and the whole is the image', () => {
    const share = fc.double({ min: 0.05, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyImage, share, share, share, share, ({ image, shape }, a, b, c, d) => {
        const [H, W] = shape;
        const [height, width] = [a * H, b * W];
        const part = cropped(image, shape, { top: c * (H - height), left: d * (W - width), height, width });
        expect(part.length).toBe(image.length);
        expect(Math.max(...part)).toBeLessThanOrEqual(Math.max(...image));
        expect(Math.min(...part)).toBeGreaterThanOrEqual(Math.min(...image));
        expect(cropped(image, shape, { top: 0, left: 0, height: H, width: W })).toEqual(image);
      }),
    );
  });
});
