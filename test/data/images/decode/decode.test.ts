import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { resized } from '#data/images/augment/resample';
import { decodedImage, storedPicture } from '#data/images/decode/decode';
import { nativeImages } from '#data/images/decode/native-images';
import type { Image } from '#data/images/image-source';
import { failureOfAsync } from '#test/data/fixtures';
import { encoded, sharpOf, smoothImage } from './picture-fixtures.js';

const image = smoothImage(23, 41);

/** The largest difference of two images of one size. */
function difference(a: Image, b: Image): number {
  expect([a.height, a.width, a.channels]).toEqual([b.height, b.width, b.channels]);
  return Math.max(...a.pixels.map((pixel, i) => Math.abs(pixel - (b.pixels[i] as number))));
}

describe('decodedImage', () => {
  it.each(['png', 'webp'] as const)('returns the pixels of lossless %s', async (format) => {
    expect(difference(await decodedImage(await encoded(image, format), 'a'), image)).toBe(0);
  });

  it.each(['jpeg', 'gif'] as const)('returns nearly the pixels of lossy %s', async (format) => {
    expect(difference(await decodedImage(await encoded(image, format), 'a'), image)).toBeLessThan(32);
  });

  it('replicates grey and drops alpha without premultiplying', async () => {
    const grey = { ...image, channels: 1, pixels: image.pixels.subarray(0, 23 * 41) };
    const fromGrey = await decodedImage(await sharpOf(grey).toColourspace('b-w').png().toBuffer(), 'a');
    expect([...fromGrey.pixels]).toEqual([...grey.pixels].flatMap((value) => [value, value, value]));
    const withAlpha = {
      height: 1,
      width: 3,
      channels: 4,
      pixels: Uint8Array.of(9, 8, 7, 0, 250, 2, 3, 1, 5, 6, 7, 255),
    };
    const opaque = await decodedImage(await sharpOf(withAlpha).png().toBuffer(), 'a');
    expect([...opaque.pixels]).toEqual([9, 8, 7, 250, 2, 3, 5, 6, 7]);
  });

  it('keeps the upper 8 bits of 16', async () => {
    const raw = { height: 1, width: 3, channels: 1 } as const;
    const bytes = await sharp(Uint16Array.of(0, 32_768, 33_023), { raw })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect([...(await decodedImage(bytes, 'a')).pixels]).toEqual([0, 0, 0, 128, 128, 128, 128, 128, 128]);
  });

  it('turns the image upright as sharp does', async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const bytes = await encoded(image, 'png', orientation);
      const { data, info } = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
      expect(await decodedImage(bytes, 'a')).toEqual({
        height: info.height,
        width: info.width,
        channels: 3,
        pixels: new Uint8Array(data),
      });
    }
  });

  it('takes the first frame of an animation', async () => {
    const two = {
      ...image,
      height: 46,
      pixels: Uint8Array.from([...image.pixels, ...image.pixels.map((v) => 255 - v)]),
    };
    const raw = { height: 46, width: 41, channels: 3, pageHeight: 23 } as const;
    const bytes = await sharp(two.pixels, { raw }).webp({ lossless: true }).toBuffer();
    expect(difference(await decodedImage(bytes, 'a'), image)).toBe(0);
  });

  it('refuses pictures that end too early or are damaged', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
      const bytes = await encoded(image, format);
      const { kind, message } = await failureOfAsync(() => decodedImage(bytes.subarray(0, bytes.length * 0.7), 'half'));
      expect(kind).toBe('data');
      expect(message).toContain(`half: damaged ${format} picture`);
    }
  });
});

describe('a view', () => {
  it('is the resized rectangle of the whole image', async () => {
    const rectangle = { top: 3.25, left: 1.5, height: 17, width: 20.75 };
    for (const orientation of [1, 3, 6, 7]) {
      const bytes = await encoded(image, 'jpeg', orientation);
      for (const to of [
        { height: 8, width: 9 },
        { height: 40, width: 30 },
      ]) {
        const view = await storedPicture(bytes, 'a').view(rectangle, to);
        expect(view).toEqual(resized(await decodedImage(bytes, 'a'), rectangle, to));
        const into = new Uint8Array(3 * to.height * to.width).fill(9);
        const placed = await storedPicture(bytes, 'a').view(rectangle, to, false, into);
        expect(placed).toEqual(view);
        if ((await nativeImages()).addon !== undefined) expect(placed.pixels).toBe(into);
      }
    }
  });
});
