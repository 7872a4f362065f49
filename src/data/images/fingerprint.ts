/** Hashes a set of images, to check that a distillation set was built from them. */
import { createHash, type Hash } from 'node:crypto';
import { type ImageSet, type ImageSource, labelsOf } from './image-source.js';
import { readAhead } from './read-ahead.js';

const ahead = 16; // images that load while one is hashed

/**
 * The SHA-256 of shape, class names and fit, then of each part in turn: its own fingerprint or, without one, its pixels
 * and labels, for which each image is loaded once.
 */
export async function fingerprintOf({ classNames, train, test, fit }: ImageSet): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify({ shape: train.shape, classNames, fit }));
  for (const part of [train, test]) {
    if (part.fingerprint === undefined) await addImages(hash, part);
    else hash.update(await part.fingerprint());
  }
  return hash.digest('hex');
}

async function addImages(hash: Hash, source: ImageSource): Promise<void> {
  const { n, inMemory } = source;
  const load = readAhead(async (i) => (await source.load(i)).whole());
  for (let i = 0; i < n; i++) {
    const following = inMemory ? 0 : Math.min(ahead, n - 1 - i);
    const { pixels } = await load(
      i,
      Array.from({ length: following }, (_, k) => i + 1 + k),
    );
    hash.update(pixels);
  }
  hash.update(new Uint8Array(labelsOf(source).buffer)); // int32, little endian
}
