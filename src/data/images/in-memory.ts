/** Sources whose images are in memory, for formats whose files are read as a whole. */
import { cropped, flipped } from './augment/resample.js';
import type { Image, ImageShape, ImageSource, StoredImage } from './image-source.js';
import { imageBytes, stackedImages } from './image-stack.js';

/** The images and labels of one part of a set. */
export interface RawImages {
  /** [n, H, W, C]. */
  readonly images: Uint8Array;
  /** Classes [n]. */
  readonly labels: Uint8Array | Int32Array;
}

export interface InMemorySource extends ImageSource, RawImages {
  readonly shape: ImageShape;
}

/** A source of the images in one array, which it owns and returns views of. */
export function inMemorySource(shape: ImageShape, { images, labels }: RawImages): InMemorySource {
  const [height, width, channels] = shape;
  const size = imageBytes(shape);
  return {
    n: labels.length,
    shape,
    channels,
    inMemory: true,
    images,
    labels,
    label: (i) => labels[i] as number,
    load: async (i) => storedPixels({ height, width, channels, pixels: stackedImages(images, size, i) }),
  };
}

/** An image whose pixels are in memory. */
export function storedPixels(image: Image): StoredImage {
  const { height, width } = image;
  return {
    height,
    width,
    whole: async () => image,
    async view(rectangle, to, isMirrored = false) {
      const part = cropped(image, rectangle, to);
      return isMirrored ? flipped(part) : part;
    },
  };
}
