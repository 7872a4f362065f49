import { expect } from 'vitest';
import type { EncodedImages } from '#data/images/encoded-images';
import { openShared } from '#data/images/open-shared';

type Content = [label: number, bytes: number[]][];

/** Label and bytes of every image, which are the same in a thread that gets the images' plain data. */
export async function contentOf(images: EncodedImages): Promise<Content> {
  const content = await read(images);
  const shared = openShared(structuredClone(images.shared));
  expect(await read(shared)).toEqual(content);
  expect(await shared.fingerprint()).toBe(await images.fingerprint());
  return content;
}

async function read(images: EncodedImages): Promise<Content> {
  const indices = Array.from({ length: images.n }, (_, i) => i);
  return Promise.all(indices.map(async (i) => [images.label(i), [...(await images.bytes(i))]]));
}
