import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '#core/failure';
import { imageHeader } from '#data/images/decode/image-header';
import { failureOf } from '#test/data/fixtures';
import { encoded, smoothImage } from './picture-fixtures.js';

const image = smoothImage(7, 12);

describe('imageHeader', () => {
  it.each(['jpeg', 'png', 'webp', 'gif'] as const)('reads format and size of %s', async (format) => {
    const bytes = await encoded(image, format);
    expect(imageHeader(bytes, 'a')).toEqual({ format, height: 7, width: 12, orientation: 1, isCmyk: false });
  });

  it.each(['jpeg', 'png', 'webp'] as const)(
    'swaps height and width where EXIF data of %s turns the image',
    async (format) => {
      for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const bytes = await encoded(image, format, orientation);
        const [height, width] = orientation >= 5 ? [12, 7] : [7, 12];
        expect(imageHeader(bytes, 'a')).toMatchObject({ height, width, orientation });
      }
    },
  );

  it('reads the size of a lossy WebP', async () => {
    const { sharpOf } = await import('./picture-fixtures.js');
    const bytes = await sharpOf(image).webp({ quality: 80 }).toBuffer();
    expect(imageHeader(bytes, 'a')).toMatchObject({ format: 'webp', height: 7, width: 12 });
  });

  it('refuses other formats with their first bytes, and files without content', () => {
    const bmp = Buffer.from('BM6\0\0\0\0\0', 'latin1');
    expect(failureOf(() => imageHeader(bmp, 'a.jpg')).message).toBe(
      'a.jpg: not a picture: expected JPEG, PNG, WebP or GIF; got bytes that begin with 424d360000000000',
    );
    expect(failureOf(() => imageHeader(new Uint8Array(), 'a.jpg')).message).toContain('got no bytes');
  });

  it('refuses images that are too large before they are decoded', async () => {
    const bytes = await encoded(image, 'png');
    bytes.writeUInt32BE(20_000, 16);
    bytes.writeUInt32BE(20_000, 20);
    const { message, kind } = failureOf(() => imageHeader(bytes, 'bomb.png'));
    expect(kind).toBe('data');
    expect(message).toContain('bomb.png: the picture is 20000 pixels wide and 20000 high, more than the limit');
    bytes.writeUInt32BE(1, 16);
    bytes.writeUInt32BE(70_000, 20);
    expect(failureOf(() => imageHeader(bytes, 'bomb.png')).message).toContain('65535 a side');
    bytes.writeUInt32BE(0, 16);
    expect(failureOf(() => imageHeader(bytes, 'bomb.png')).message).toContain('its size is 0x70000');
  });

  it.each(['jpeg', 'png', 'webp', 'gif'] as const)('reads or refuses any damage to %s', async (format) => {
    const bytes = await encoded(image, format, format === 'gif' ? 1 : 6);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, end) => {
        const damagedBytes = Uint8Array.from(bytes)
          .fill(value, at, at + 1)
          .subarray(0, end);
        try {
          expect(imageHeader(damagedBytes, 'a').height).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 300 },
    );
  });
});
