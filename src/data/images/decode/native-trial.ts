/** The trial of our addon against `sharp`. */
import type { Image } from '#data/images/image-source';
import { type ImagesAddon, viewNumbers } from './addon.js';
import { sharpLibrary } from './sharp-library.js';
import { type View, viewOf } from './view.js';

const height = 40; // 2.5 times 16, the unit in which chroma at half resolution is coded
const width = 56;

/** A view with a crop, shrunk along one axis and enlarged along the other. */
const view: View = {
  image: { height, width },
  rectangle: { top: 9.5, left: 18.25, height: 20, width: 21.5 },
  to: { height: 11, width: 30 },
  isMirrored: true,
};

/** True if the addon decodes and resizes a small picture to the same bits as `sharp` and JavaScript do. */
export async function agreesWithSharp(addon: ImagesAddon): Promise<boolean> {
  const sharp = await sharpLibrary();
  const bytes = await trialPicture(sharp);
  const { data } = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  const image: Image = { height, width, channels: 3, pixels: data };
  const expected = viewOf(image, view).pixels;
  const [decoded, resized] = [new Uint8Array(expected.length), new Uint8Array(expected.length)];
  const isSound = await addon.jpegView(bytes, decoded, viewNumbers(view));
  await addon.pixelView(data, resized, viewNumbers(view));
  return isSound && [decoded, resized].every((pixels) => Buffer.compare(pixels, expected) === 0);
}

/** A colourful JPEG picture whose chroma has half the resolution. */
function trialPicture(sharp: Awaited<ReturnType<typeof sharpLibrary>>): Promise<Buffer> {
  const wave = (_: unknown, i: number) => 128 + 90 * Math.sin(i / 5 + (i % 3)) + 30 * Math.cos(i / 71);
  const pixels = Uint8Array.from({ length: 3 * height * width }, wave);
  const picture = sharp(pixels, { raw: { height, width, channels: 3 } });
  return picture.jpeg({ quality: 90, chromaSubsampling: '4:2:0' }).toBuffer();
}
