import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { decodedPixels, encodedImage } from '#data/sets/stored-images';
import { failureOfAsync } from '#test/data/fixtures';

const random = randomStream('test/stored-images');
const noise = (n: number) => Uint8Array.from({ length: n }, () => random.below(256));
/** A smooth image, which JPEG keeps well. */
const slope = (height: number, width: number, channels: number) =>
  Uint8Array.from({ length: height * width * channels }, (_, i) => Math.floor(i / channels) % width);

describe('a stored image', () => {
  it.each([1, 3])('of %i channels comes back unchanged from PNG', async (channels) => {
    const pixels = noise(6 * 5 * channels);
    const bytes = await encodedImage(pixels, [6, 5, channels], { stored: 'png' });
    expect(await decodedPixels(bytes, [6, 5, channels], 'f')).toEqual(pixels);
  });

  it.each([1, 3])('of %i channels comes back from JPEG to within a few levels', async (channels) => {
    const pixels = slope(32, 48, channels);
    const bytes = await encodedImage(pixels, [32, 48, channels], { stored: 'jpeg', quality: 95 });
    const decoded = await decodedPixels(bytes, [32, 48, channels], 'f');
    expect(decoded.length).toBe(pixels.length);
    expect(Math.max(...decoded.map((value, i) => Math.abs(value - (pixels[i] as number))))).toBeLessThanOrEqual(4);
    expect(await encodedImage(pixels, [32, 48, channels], { stored: 'jpeg', quality: 95 })).toEqual(bytes);
  });

  it('keeps its colours at full resolution in JPEG: columns of red and blue stay apart', async () => {
    const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) =>
      (Math.floor(i / 3) + (i % 3 === 2 ? 1 : 0)) % 2 === 0 && i % 3 !== 1 ? 255 : 0,
    );
    const bytes = await encodedImage(pixels, [16, 16, 3], { stored: 'jpeg', quality: 100 });
    const decoded = await decodedPixels(bytes, [16, 16, 3], 'f');
    expect(Math.max(...decoded.map((value, i) => Math.abs(value - (pixels[i] as number))))).toBeLessThan(40);
  });

  it('of another size is refused', async () => {
    const bytes = await encodedImage(noise(12), [2, 2, 3], { stored: 'png' });
    const failure = await failureOfAsync(() => decodedPixels(bytes, [2, 3, 3], 's.arrow: row 4'));
    expect(failure.message).toBe('s.arrow: row 4: expected an image of 2x3; got 2x2');
  });
});
