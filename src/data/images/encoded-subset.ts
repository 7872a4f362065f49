/** Some of the images of a part, such as its test share or those that are sound. */
import { sha256 } from '#core/files/files';
import { inSharedMemory } from '#core/shared-memory';
import type { EncodedImages } from './encoded-images.js';

/** The images at some indices, in that order. */
export function encodedSubset(images: EncodedImages, chosen: Int32Array): EncodedImages {
  const indices = inSharedMemory(chosen);
  const at = (i: number) => indices[i] as number;
  return {
    n: indices.length,
    label: (i) => images.label(at(i)),
    bytes: (i) => images.bytes(at(i)),
    place: (i) => images.place(at(i)),
    shared: { kind: 'subset', images: images.shared, indices },
    fingerprint: async () =>
      sha256(await images.fingerprint(), new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength)),
  };
}
