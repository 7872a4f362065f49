/** Leaves out images that cannot be decoded, the same ones each time: all are decoded once, and the result is kept. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { integer, list, readChecked, record, text } from '#core/documents/conform';
import { type Diagnostic, Failure } from '#core/failure';
import { cacheFolder } from '#core/files/cache';
import { sha256, writeAtomically } from '#core/files/files';
import { decodedImage } from './decode/decode.js';
import type { EncodedImages } from './encoded-images.js';
import { encodedSubset } from './encoded-subset.js';

/** An image that cannot be decoded. */
export interface BrokenImage {
  /** Index in its part. */
  readonly index: number;
  readonly place: string;
  readonly problem: string;
}

/** Decodes every image, a few at a time, and returns those that fail, in order. */
export async function brokenImages(images: EncodedImages): Promise<BrokenImage[]> {
  const broken: BrokenImage[] = [];
  let next = 0;
  const decodeRest = async () => {
    for (let i = next++; i < images.n; i = next++) {
      const found = await brokenImage(images, i);
      if (found !== undefined) broken.push(found);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, decodeRest));
  return broken.sort((a, b) => a.index - b.index);
}

const atOnce = 8; // images in decoding: more than the threads that decode

async function brokenImage(images: EncodedImages, index: number): Promise<BrokenImage | undefined> {
  const place = images.place(index);
  try {
    await decodedImage(await images.bytes(index), place);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'data') throw error;
    return { index, place, problem: error.diagnostics[0]?.message ?? error.message };
  }
}

const indexVersion = 1; // to be raised when the decoder accepts or refuses other images than before

const indexSchema = record({
  version: z.literal(indexVersion, { error: `version ${indexVersion}` }),
  images: integer('a count of images', 0),
  broken: list(
    record({ index: integer('an index', 0), place: text('a place'), problem: text('a problem') }),
    'a list',
    0,
  ),
});

/** The broken images, from the cache if these files were decoded before: same names, labels and sizes. */
async function knownBroken(images: EncodedImages): Promise<readonly BrokenImage[]> {
  const key = sha256(`${indexVersion}`, await images.fingerprint());
  const file = join(cacheFolder(), 'decoded', `${key}.json`);
  if (existsSync(file))
    return readChecked(file, indexSchema, 'remove the file, and the images are decoded again').broken;
  const broken = await brokenImages(images);
  writeAtomically(file, JSON.stringify({ version: indexVersion, images: images.n, broken }));
  return broken;
}

const mostShown = 5;

/**
 * The images of each part that can be decoded. More than `most` broken ones in all are a data failure that names the
 * first of them.
 */
export async function soundImages(
  parts: readonly EncodedImages[],
  most: number,
): Promise<{ readonly parts: readonly EncodedImages[]; readonly broken: readonly BrokenImage[] }> {
  const found: (readonly BrokenImage[])[] = [];
  for (const part of parts) found.push(await knownBroken(part));
  const broken = found.flat();
  if (broken.length > most) throw tooMany(broken, most);
  return { parts: parts.map((part, i) => without(part, found[i] as readonly BrokenImage[])), broken };
}

function without(images: EncodedImages, broken: readonly BrokenImage[]): EncodedImages {
  if (broken.length === 0) return images;
  const gone = new Set(broken.map(({ index }) => index));
  const all = Int32Array.from({ length: images.n }, (_, i) => i);
  return encodedSubset(
    images,
    all.filter((i) => !gone.has(i)),
  );
}

function tooMany(broken: readonly BrokenImage[], most: number): Failure {
  const shown: Diagnostic[] = broken
    .slice(0, mostShown)
    .map(({ place, problem }) => ({ file: place, message: problem }));
  const message = `${broken.length} images cannot be decoded, but skipBroken allows ${most}`;
  return new Failure('data', [{ message }, ...shown], `restore or remove them, or set skipBroken: ${broken.length}`);
}
