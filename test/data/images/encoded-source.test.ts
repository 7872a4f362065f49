import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { EncodedImages } from '#data/images/encoded-images';
import { encodedSource } from '#data/images/encoded-source';
import { plainView } from '#data/images/fit';
import { formOf } from '#data/images/image-source';
import { textList } from '#data/images/text-list';
import { failureOfAsync } from '#test/data/fixtures';

const [names, none] = [textList([]), new Int32Array()]; // no other thread opens them

/** PNG files of one colour and of differing sizes; the last one is damaged. */
async function flatPictures(): Promise<EncodedImages> {
  const create = (width: number, height: number) => ({ width, height, channels: 3 as const, background: '#c08040' });
  const sizes = [
    [8, 6],
    [5, 9],
  ] as const;
  const files = await Promise.all(
    sizes.map(([w, h]) =>
      sharp({ create: create(w, h) })
        .png()
        .toBuffer(),
    ),
  );
  files.push(Buffer.from('no picture'));
  return {
    n: files.length,
    label: (i) => i % 2,
    bytes: async (i) => files[i] as Buffer,
    place: (i) => `photos/${i}.png`,
    fingerprint: async () => 'f'.repeat(64),
    shared: { kind: 'files', files: { root: '', folders: [], names, folderOf: none, labels: none } },
  };
}

const fit = { height: 4, width: 4, centralCrop: 0.875 };

it('pictures of any size have the form of the fit', async () => {
  const source = encodedSource(await flatPictures());
  const set = {
    name: 'photos',
    classNames: ['a', 'b'],
    provenance: 'made for a test',
    train: source,
    test: source,
    fit,
  };
  expect(formOf(set)).toEqual({ shape: [4, 4, 3], classes: 2 });
  const loaded = await source.load(1);
  expect([loaded.height, loaded.width]).toEqual([9, 5]);
  const { pixels } = await plainView(loaded, fit);
  expect([...pixels]).toEqual(Array.from({ length: 16 }, () => [0xc0, 0x80, 0x40]).flat());
});

it('a damaged picture fails with its place', async () => {
  const source = encodedSource(await flatPictures());
  const failure = await failureOfAsync(() => source.load(2));
  expect(failure.kind).toBe('data');
  expect(failure.message).toContain('photos/2.png');
});
