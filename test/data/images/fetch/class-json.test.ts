import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertClasses } from '#data/images/fetch/class-json';
import { readIdxSource } from '#data/images/formats/idx';
import { newFolder } from '#test/data/fixtures';

/** Image `i` of a class: all pixels i + 1, the first the class. */
const image = (label: number, i: number) => [label, ...Array<number>(783).fill(i + 1)];

describe('images as JSON per class', () => {
  it('become IDX files: every seventh of a class in test, classes in turns, empty and equal entries dropped', () => {
    const folder = newFolder();
    for (let label = 0; label < 10; label++) {
      const data = Array.from({ length: 14 }, (_, i) => image(label, i));
      if (label === 3) data.push([], image(3, 0)); // an empty one and a second copy
      writeFileSync(join(folder, `${label}.json`), JSON.stringify({ data }));
    }
    const { train, test } = readIdxSource(convertClasses(folder, 1, join(folder, 'idx')), {
      name: 'x',
      provenance: '',
    });
    expect([train.n, test.n]).toEqual([120, 20]);
    expect([...train.labels.subarray(0, 12)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect([...test.images.subarray(784 * 13, 784 * 13 + 3)]).toEqual([3, 14, 14]);
  });

  it('give back the pixels of shares that were rounded to three digits', () => {
    const folder = newFolder();
    const pixels = Array.from({ length: 784 * 7 }, (_, i) => i % 256);
    for (let label = 0; label < 10; label++) {
      const data = pixels.map((pixel) => Math.round(1000 * (((pixel + label) % 256) / 255)) / 1000);
      writeFileSync(join(folder, `${label}.json`), JSON.stringify({ data }));
    }
    mkdirSync(join(folder, 'idx'));
    const { train } = readIdxSource(convertClasses(folder, 255, join(folder, 'idx')), { name: 'x', provenance: '' });
    expect([...train.images.subarray(0, 784)]).toEqual(pixels.slice(0, 784));
  });
});
