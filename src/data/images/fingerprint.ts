/** Hashes a set of images, to check that a distillation set was built from them. */
import { createHash, type Hash } from 'node:crypto';
import { sha256 } from '#core/files/files';
import { type ImageSet, type ImageSource, labelsOf } from './image-source.js';
import { readAhead } from './read-ahead.js';

const ahead = 16; // images that load while one is hashed

/**
 * The SHA-256 of shape and class names, then of each part's pixels and labels in turn, for which each image is loaded
 * once. If both parts have fingerprints of their own, those are used, with the size that the images are brought to.
 */
export async function fingerprintOf({ classNames, train, test, fit }: ImageSet): Promise<string> {
  const known = await Promise.all([train.fingerprint?.(), test.fingerprint?.()]);
  if (!known.includes(undefined)) return sha256(JSON.stringify({ classNames, fit, parts: known }));
  const hash = createHash('sha256').update(JSON.stringify({ shape: train.shape, classNames }));
  for (const part of [train, test]) await addImages(hash, part);
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
