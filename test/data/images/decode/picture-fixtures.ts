/** Small encoded pictures for tests, made by `sharp` from smooth colours. */
import sharp, { type Sharp } from 'sharp';
import type { Image } from '#data/images/image-source';

/** An image of smooth colours [height, width, 3], all pixels different from their neighbours. */
export function smoothImage(height: number, width: number): Image {
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3];
    return 128 + 100 * Math.sin(y / (5 + c) + x / (7 - c));
  });
  return { height, width, channels: 3, pixels };
}

export function sharpOf({ height, width, channels, pixels }: Image): Sharp {
  return sharp(pixels, { raw: { height, width, channels: channels as 1 | 2 | 3 | 4 } });
}

/** The picture in a format, upright unless an EXIF orientation is given. */
export function encoded(image: Image, format: 'jpeg' | 'png' | 'webp' | 'gif', orientation = 1): Promise<Buffer> {
  const options = { jpeg: { quality: 90 }, png: {}, webp: { lossless: true }, gif: {} };
  const picture = sharpOf(image)[format](options[format]);
  return (orientation === 1 ? picture : picture.withMetadata({ orientation })).toBuffer();
}
