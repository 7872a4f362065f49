/** What the bytes of a set of images hash to, so that a distillation set is known by the images that it was built from. */
import { createHash, type Hash } from 'node:crypto';
import { type ImageSet, type ImageSource, labelsOf } from './image-source.js';

/** SHA-256 of shape, class names, and of each part all pixels and then its labels; each image is loaded once. */
export async function fingerprintOf({ classNames, train, test }: ImageSet): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify({ shape: train.shape, classNames }));
  for (const part of [train, test]) await addImages(hash, part);
  return hash.digest('hex');
}

async function addImages(hash: Hash, source: ImageSource): Promise<void> {
  for (let i = 0; i < source.n; i++) hash.update((await source.pixels(i)).pixels);
  hash.update(new Uint8Array(labelsOf(source).buffer)); // int32, little endian
}
