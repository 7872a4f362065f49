import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIdx, idxFiles, parseIdx, readIdxSource } from '#data/images/formats/idx';
import { failureOf, newFolder, tinySource, writeIdxFolder } from '#test/data/fixtures';

const two = formatIdx({ dims: [2, 1, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6) });

describe('IDX', () => {
  it('has the bytes that its description gives', () => {
    const header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3];
    expect([...two]).toEqual([...header, 1, 2, 3, 4, 5, 6]);
  });

  it('reads back what was written', () => {
    const dims = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(dims, (dims) => {
        const values = Uint8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i % 256);
        const read = parseIdx(formatIdx({ dims, values }), dims.length, 'x');
        expect(read.dims).toEqual(dims);
        expect(read.values).toEqual(values);
      }),
    );
  });

  it.each([
    ['an image file where labels should be', two, 1, 'byte 0: expected the magic number 0x00000801; got 0x00000803'],
    ['half a header', two.subarray(0, 9), 3, 'byte 9: expected a header of 16 bytes; got the end of the file'],
    [
      'a truncated file',
      two.subarray(0, 20),
      3,
      'byte 20: expected 6 values for 2x1x3; got the end of the file after 4',
    ],
    [
      'bytes too many',
      Buffer.concat([two, Buffer.of(7)]),
      3,
      'byte 22: expected the end of the file after 6 values for 2x1x3; got 1 more bytes',
    ],
    [
      'no images',
      formatIdx({ dims: [0, 1, 3], values: new Uint8Array() }),
      3,
      'byte 4: expected a dimension of at least 1; got 0',
    ],
  ])('refuses %s at its byte', (_, bytes, rank, message) => {
    const failure = failureOf(() => parseIdx(bytes, rank, 'some-file'));
    expect(failure.exitCode).toBe(4);
    expect(failure.message).toBe(`some-file: ${message}`);
  });

  it('reads a folder of four files, plain or gzip', () => {
    const source = tinySource();
    const folder = newFolder();
    writeIdxFolder(folder, source);
    const read = readIdxSource(folder, {
      name: 'tiny',
      provenance: 'made up for a test',
      classNames: source.classNames,
    });
    const zipped = newFolder();
    for (const [part, images, labels] of [
      [source.train, idxFiles.trainImages, idxFiles.trainLabels],
      [source.test, idxFiles.testImages, idxFiles.testLabels],
    ] as const) {
      const pixels = formatIdx({ dims: [part.n, ...part.shape.slice(0, 2)], values: part.images });
      writeFileSync(join(zipped, `${images}.gz`), gzipSync(pixels));
      writeFileSync(
        join(zipped, `${labels}.gz`),
        gzipSync(formatIdx({ dims: [part.n], values: Uint8Array.from(part.labels) })),
      );
    }
    expect(bytesOf(read)).toEqual(bytesOf(source));
    expect(bytesOf(readIdxSource(zipped, read))).toEqual(bytesOf(source));
  });

  it('refuses labels that do not match the images', () => {
    const folder = newFolder();
    writeIdxFolder(folder, tinySource());
    const file = join(folder, idxFiles.trainLabels);
    writeFileSync(file, formatIdx({ dims: [3], values: Uint8Array.of(0, 1, 2) }));
    const description = { name: 'tiny', provenance: '' };
    expect(failureOf(() => readIdxSource(folder, description)).message).toBe(
      `${file}: byte 4: expected 120 labels, one per image; got 3`,
    );
    writeIdxFolder(folder, tinySource());
    const named = { ...description, classNames: ['a', 'b', 'c'] };
    expect(failureOf(() => readIdxSource(folder, named)).message).toMatch(/byte \d+: expected a label below 3; got 3$/);
  });

  it("turns EMNIST's images and counts its labels from 1 where it is told, and says so where it is not", () => {
    const source = tinySource();
    const [height, width] = source.train.shape;
    const folder = join(newFolder(), 'emnist');
    mkdirSync(folder);
    writeIdxFolder(folder, source);
    for (const [name, { labels }] of [
      [idxFiles.trainLabels, source.train],
      [idxFiles.testLabels, source.test],
    ] as const) {
      const values = Uint8Array.from(labels, (label) => label + 1);
      writeFileSync(join(folder, name), formatIdx({ dims: [values.length], values }));
    }
    const description = { name: 'tiny', provenance: '' };
    const read = readIdxSource(folder, { ...description, firstLabel: 1, transposed: true });
    expect([read.train.shape, read.classNames.length, read.notes]).toEqual([[width, height, 1], 4, []]);
    expect([...read.train.labels]).toEqual([...source.train.labels]);
    const at = (images: Uint8Array, i: number, row: number, column: number, columns: number) =>
      images[i * height * width + row * columns + column];
    for (const [i, y, x] of [
      [0, 2, 3],
      [5, 0, 4],
      [9, 5, 1],
    ] as const) {
      expect(at(read.train.images, i, x, y, height)).toBe(at(source.train.images, i, y, x, width));
    }
    expect(readIdxSource(folder, description).notes).toEqual([expect.stringContaining('set transposed: true')]);
    const named = failureOf(() => readIdxSource(folder, { ...description, classNames: ['a', 'b', 'c', 'd'] }));
    expect(named.message).toMatch(/expected a label below 4; got 4$/);
    expect(named.remedy).toBe('set firstLabel: 1 if the first class has that label');
    expect(failureOf(() => readIdxSource(folder, { ...description, firstLabel: 2 })).message).toMatch(
      /byte \d+: expected a label of 2 or more, as firstLabel says; got 1$/,
    );
  });

  it('names a file that is missing or a broken gzip', () => {
    const folder = newFolder();
    const description = { name: 'tiny', provenance: '' };
    const missing = failureOf(() => readIdxSource(folder, description));
    expect(missing.message).toBe(
      `${join(folder, idxFiles.trainImages)}: expected a readable file; got no such file (ENOENT)`,
    );
    expect(missing.remedy).toContain('four IDX files');
    writeFileSync(join(folder, `${idxFiles.trainImages}.gz`), gzipSync(two).subarray(0, 15));
    expect(failureOf(() => readIdxSource(folder, description)).message).toContain('expected a whole gzip file');
  });
});

function bytesOf({ train, test }: ReturnType<typeof tinySource>) {
  return [train, test].map(({ n, shape, images, labels }) => [n, shape, Buffer.from(images), [...labels]]);
}
