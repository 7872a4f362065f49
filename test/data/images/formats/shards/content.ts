import type { EncodedImages } from '#data/images/encoded-images';

/** Label and bytes of every image. */
export async function contentOf(images: EncodedImages): Promise<[label: number, bytes: number[]][]> {
  const indices = Array.from({ length: images.n }, (_, i) => i);
  return Promise.all(indices.map(async (i) => [images.label(i), [...(await images.bytes(i))]]));
}
