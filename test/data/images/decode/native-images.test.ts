import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewNumbers } from '#data/images/decode/addon';
import type { Orientation } from '#data/images/decode/exif-orientation';
import { imageHeader } from '#data/images/decode/image-header';
import { load, nativeImages } from '#data/images/decode/native-images';
import { sharpImage } from '#data/images/decode/sharp-image';
import { type View, viewOf } from '#data/images/decode/view';
import { newFolder } from '#test/data/fixtures';
import { encoded, sharpOf, smoothImage } from './picture-fixtures.js';

const image = smoothImage(67, 93);
const { addon } = await nativeImages();

/** The view of a picture by the addon, and by `sharp` and JavaScript. */
async function bothViews(bytes: Uint8Array, view: View): Promise<[Uint8Array, Uint8Array]> {
  const header = imageHeader(bytes, 'a');
  const out = new Uint8Array(view.to.height * view.to.width * 3);
  expect(await addon?.jpegView(bytes, out, viewNumbers(view, header.orientation))).toBe(true);
  return [out, viewOf(await sharpImage(bytes, header, 'a'), view).pixels];
}

/** Views of any part of an image, between pixels too. */
function viewsIn(height: number, width: number): fc.Arbitrary<View> {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const size = fc.integer({ min: 1, max: 90 });
  return fc
    .tuple(share, share, share, share, size, size, fc.boolean())
    .map(([a, b, c, d, rows, columns, isMirrored]) => {
      const [h, w] = [1 + a * (height - 1), 1 + b * (width - 1)];
      const rectangle = { top: c * (height - h), left: d * (width - w), height: h, width: w };
      return { image: { height, width }, rectangle, to: { height: rows, width: columns }, isMirrored };
    });
}

describe.skipIf(addon === undefined)('our decoder', () => {
  it.each(['4:4:4', '4:2:0'])(
    'gives the bits of sharp for any view of a picture with chroma %s',
    async (chromaSubsampling) => {
      for (const progressive of [false, true]) {
        const bytes = await sharpOf(image).jpeg({ chromaSubsampling, progressive }).toBuffer();
        const property = fc.asyncProperty(viewsIn(67, 93), async (view) => {
          const [ours, expected] = await bothViews(bytes, view);
          expect(Buffer.compare(ours, expected)).toBe(0);
        });
        await fc.assert(property, { numRuns: 50 });
      }
    },
  );

  it('gives the bits of sharp for every orientation', async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] satisfies Orientation[]) {
      const bytes = await encoded(image, 'jpeg', orientation);
      const { height, width } = imageHeader(bytes, 'a');
      const property = fc.asyncProperty(viewsIn(height, width), async (view) => {
        const [ours, expected] = await bothViews(bytes, view);
        expect(Buffer.compare(ours, expected)).toBe(0);
      });
      await fc.assert(property, { numRuns: 12 });
    }
  });

  it('resizes pixels to the bits of JavaScript', async () => {
    const property = fc.asyncProperty(viewsIn(67, 93), async (view) => {
      const out = new Uint8Array(view.to.height * view.to.width * 3);
      await addon?.pixelView(image.pixels, out, viewNumbers(view));
      expect(Buffer.compare(out, viewOf(image, view).pixels)).toBe(0);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('says that a picture without its end is damaged, even where the view lies above', async () => {
    const bytes = await encoded(image, 'jpeg');
    const size = { height: 5, width: 5 };
    const view = { image, rectangle: { top: 0, left: 0, ...size }, to: size, isMirrored: false };
    const cut = bytes.subarray(0, bytes.length - 40);
    expect(await addon?.jpegView(cut, new Uint8Array(75), viewNumbers(view))).toBe(false);
  });

  it('refuses views outside the image and results of another size', async () => {
    const bytes = await encoded(image, 'jpeg');
    const size = { height: 5, width: 5 };
    const view = { image, rectangle: { top: 66, left: 0, ...size }, to: size, isMirrored: false };
    expect(() => addon?.jpegView(bytes, new Uint8Array(75), viewNumbers(view))).toThrow('inside the image');
    const inside = viewNumbers({ ...view, rectangle: { top: 0, left: 0, ...size } });
    expect(() => addon?.jpegView(bytes, new Uint8Array(74), inside)).toThrow('matching size');
  });
});

describe('the loading of our decoder', () => {
  it('says why it is not used', async () => {
    expect(await load({ MNV4_PICTURES: 'sharp' })).toMatchObject({ detail: expect.stringContaining('turned off') });
    const file = join(newFolder(), 'images.node');
    expect((await load({}, file)).detail).toContain('not compiled');
    writeFileSync(file, 'no addon');
    expect((await load({}, file)).detail).toContain('does not load');
  });
});
