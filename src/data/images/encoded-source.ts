/** Makes an image source of encoded images, each read and decoded when it is needed. */
import { storedPicture } from './decode/decode.js';
import type { EncodedImages } from './encoded-images.js';
import type { ImageSource } from './image-source.js';

export interface EncodedSource extends ImageSource {
  readonly encoded: EncodedImages;
}

/** A source of upright RGB images, which may differ in size. */
export function encodedSource(images: EncodedImages): EncodedSource {
  return {
    encoded: images,
    n: images.n,
    shape: undefined,
    channels: 3,
    inMemory: false,
    label: (i) => images.label(i),
    load: async (i) => storedPicture(await images.bytes(i), images.place(i)),
    fingerprint: () => images.fingerprint(),
  };
}
