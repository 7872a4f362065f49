/** Reads and decodes images for an inspection, several at a time. */
import sharp from 'sharp';
import { Failure } from '#core/failure';
import { sha256 } from '#core/files/files';
import { decodedImage, imageHeader } from '#data/images/decode/decode';
import type { EncodedImages } from '#data/images/encoded-images';
import type { ImageSource } from '#data/images/image-source';

/** The facts about one image. */
export interface ReadImage {
  readonly bytes: number;
  readonly sha256: string;
  /** Undefined for an image that cannot be decoded. */
  readonly sound?: SoundImage;
  readonly problem?: string;
}

export interface SoundImage {
  readonly encoding: string;
  /** Upright size in pixels. */
  readonly height: number;
  readonly width: number;
  readonly isGrey: boolean;
  readonly hasAlpha: boolean;
  readonly isCmyk: boolean;
  readonly isSixteenBit: boolean;
  readonly isRotated: boolean;
}

/** Reads the image at an index. */
export type ReadAt = (index: number) => Promise<ReadImage>;

const atOnce = 8; // images in decoding: more than the threads that decode

/** Reads the images at some indices and returns the facts in that order. */
export async function readAll(read: ReadAt, indices: readonly number[], onRead: () => void): Promise<ReadImage[]> {
  const found = new Array<ReadImage>(indices.length);
  let next = 0;
  const readRest = async () => {
    for (let at = next++; at < indices.length; at = next++) {
      found[at] = await read(indices[at] as number);
      onRead();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, readRest));
  return found;
}

/** A reader of encoded images, which decodes each to see whether it is sound. */
export function encodedReader(images: EncodedImages): ReadAt {
  return async (index) => {
    const place = images.place(index);
    let bytes: Uint8Array = new Uint8Array();
    try {
      bytes = await images.bytes(index);
      const sound = await soundImage(bytes, place);
      return { bytes: bytes.length, sha256: sha256(bytes), sound };
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'data') throw error;
      const problem = error.diagnostics[0]?.message ?? error.message;
      return { bytes: bytes.length, sha256: sha256(bytes), problem };
    }
  };
}

/** Decodes an image; one that is damaged is a data failure. */
async function soundImage(bytes: Uint8Array, place: string): Promise<SoundImage> {
  const { format, height, width, orientation, isCmyk } = imageHeader(bytes, place);
  await decodedImage(bytes, place);
  const { space, depth, hasAlpha } = await sharp(bytes).metadata();
  return {
    encoding: format,
    height,
    width,
    isGrey: space === 'b-w' || space === 'grey16',
    hasAlpha,
    isCmyk,
    isSixteenBit: depth === 'ushort',
    isRotated: orientation !== 1,
  };
}

/** A reader of images that are stored as pixels. */
export function rawReader(source: ImageSource): ReadAt {
  return async (index) => {
    const { height, width, channels, pixels } = await (await source.load(index)).whole();
    const plain = { hasAlpha: false, isCmyk: false, isSixteenBit: false, isRotated: false };
    const sound = { encoding: 'raw', height, width, isGrey: channels === 1, ...plain };
    return { bytes: pixels.length, sha256: sha256(pixels), sound };
  };
}
