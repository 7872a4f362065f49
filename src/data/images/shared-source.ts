/** Image sources as plain data with arrays in shared memory, from which other threads make the same sources. */
import { inSharedMemory } from '#core/shared-memory';
import { type EncodedSource, encodedSource } from './encoded-source.js';
import type { ImageSource } from './image-source.js';
import { type InMemorySource, inMemorySource } from './in-memory.js';
import { openShared } from './open-shared.js';
import type { SharedImages } from './shared-images.js';

export type SharedSource =
  | ({ readonly kind: 'memory' } & Pick<InMemorySource, 'shape' | 'images' | 'labels'>)
  | { readonly kind: 'encoded'; readonly images: SharedImages };

/** The plain data of a source; one that is neither in memory nor encoded is a type error. */
export function sharedSource(source: ImageSource): SharedSource {
  if ('encoded' in source) return { kind: 'encoded', images: (source as EncodedSource).encoded.shared };
  if (!('images' in source)) throw new TypeError('expected a source in memory or of encoded images');
  const { shape, images, labels } = source as InMemorySource;
  return { kind: 'memory', shape, images: inSharedMemory(images), labels: inSharedMemory(labels) };
}

/** Makes a source of its plain data. */
export function sourceOf(shared: SharedSource): ImageSource {
  return shared.kind === 'memory' ? inMemorySource(shared.shape, shared) : encodedSource(openShared(shared.images));
}
