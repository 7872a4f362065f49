/** Decoding by `sharp`, whose library reads every format. */
import type { Image } from '#data/images/image-source';
import type { ImageHeader } from './image-header.js';
import { longestSide, mostPixels } from './limits.js';
import { damaged } from './picture-failure.js';
import { sharpLibrary } from './sharp-library.js';
import { upright } from './upright.js';

/**
 * The whole upright RGB image [H, W, 3]. Colour profiles are ignored, 16-bit channels keep their upper 8 bits, alpha is
 * dropped, and of several frames the first counts.
 *
 * @throws Failure `data` for pictures that are damaged or end too early
 */
export async function sharpImage(bytes: Uint8Array, header: ImageHeader, place: string): Promise<Image> {
  const image = upright(await storedImage(bytes, header, place), header.orientation);
  if (image.height !== header.height || image.width !== header.width) {
    const sizes = `its header says ${header.width}x${header.height}, its content ${image.width}x${image.height}`;
    throw damaged(place, header.format, sizes);
  }
  return image;
}

/** The image before it is turned. */
async function storedImage(bytes: Uint8Array, header: ImageHeader, place: string): Promise<Image> {
  const sharp = await sharpLibrary();
  const limitInputPixels = Math.min(mostPixels, longestSide ** 2);
  const picture = sharp(bytes, { failOn: 'warning', ignoreIcc: true, limitInputPixels });
  const inks = header.isCmyk ? picture.pipelineColourspace('cmyk').toColourspace('cmyk') : picture;
  const { data, info } = await inks
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw damaged(place, header.format, error.message);
    });
  const { height, width, channels } = info;
  const pixels = header.isCmyk ? rgbOfInks(data) : rgbOf(data, channels);
  return { height, width, channels: 3, pixels };
}

/** Replicates grey and drops alpha. */
function rgbOf(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const n = data.length / channels;
  const out = new Uint8Array(3 * n);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let i = 0; i < n; i++) {
    out[3 * i] = data[channels * i] as number;
    out[3 * i + 1] = data[channels * i + green] as number;
    out[3 * i + 2] = data[channels * i + blue] as number;
  }
  return out;
}

/** RGB of cyan, magenta, yellow and black, by the formula of Pillow: (255 - ink) (255 - black) / 255, rounded. */
function rgbOfInks(inks: Buffer): Uint8Array {
  const out = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4) {
    const light = 255 - (inks[from + 3] as number);
    for (let c = 0; c < 3; c++) out[to++] = Math.round(((255 - (inks[from + c] as number)) * light) / 255);
  }
  return out;
}
