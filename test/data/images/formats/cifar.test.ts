import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cifar10Format, cifar100Format, parseCifar, readCifarSource } from '#data/images/formats/cifar';
import { failureOf, newFolder } from '#test/data/fixtures';

/** A record whose pixel p has red p % 250, green 1 more, blue 2 more. */
function cifarRecord(...labels: number[]): Uint8Array {
  const plane = (more: number) => Array.from({ length: 1024 }, (_, p) => (p % 250) + more);
  return Uint8Array.from([...labels, ...plane(0), ...plane(1), ...plane(2)]);
}

describe('CIFAR-10 records', () => {
  it('become images with the channels last', () => {
    const { images, labels } = parseCifar(Buffer.concat([cifarRecord(7), cifarRecord(0)]), cifar10Format, 10, 'x');
    expect([...labels]).toEqual([7, 0]);
    expect([...images.subarray(3 * 33, 3 * 33 + 3)]).toEqual([33, 34, 35]); // row 1, column 1
    expect(images.subarray(3072)).toEqual(images.subarray(0, 3072));
  });

  it('are refused at the byte where one ends too early or has no known label', () => {
    const cut = Buffer.concat([cifarRecord(1), cifarRecord(2).subarray(0, 100)]);
    expect(failureOf(() => parseCifar(cut, cifar10Format, 10, 'f')).message).toBe(
      'f: byte 3073: expected a record of 3073 bytes; got the end of the file after 100 of them',
    );
    const odd = Buffer.concat([cifarRecord(1), cifarRecord(10)]);
    expect(failureOf(() => parseCifar(odd, cifar10Format, 10, 'f')).message).toBe(
      'f: byte 3073: expected a label below 10; got 10',
    );
  });
});

describe("images of one's own in that format", () => {
  const description = { name: 'own', provenance: '' };

  /** The six files, each with images of these classes. */
  function folderOf(...labels: number[]): string {
    const folder = newFolder();
    for (const name of [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`).concat('test_batch')) {
      writeFileSync(join(folder, `${name}.bin`), Buffer.concat(labels.map((label) => cifarRecord(label))));
    }
    return folder;
  }

  it("have the labels found as names, not CIFAR-10's", () => {
    const { classNames, train, test } = readCifarSource(folderOf(0, 2), cifar10Format, description);
    expect([classNames, train.n, test.n]).toEqual([['0', '1', '2'], 10, 2]);
  });

  it('have as many classes as the network that is to see them, but no fewer than labels', () => {
    expect(
      readCifarSource(folderOf(0, 2), cifar10Format, { ...description, leastClasses: 10 }).classNames,
    ).toHaveLength(10);
    expect(
      readCifarSource(folderOf(0, 12), cifar10Format, { ...description, leastClasses: 10 }).classNames,
    ).toHaveLength(13);
  });

  it('have the names that are given, a label beyond which is refused', () => {
    const named = { ...description, classNames: ['cat', 'dog', 'hen'], leastClasses: 10 };
    expect(readCifarSource(folderOf(0, 2), cifar10Format, named).classNames).toEqual(['cat', 'dog', 'hen']);
    expect(failureOf(() => readCifarSource(folderOf(0, 3), cifar10Format, named)).message).toMatch(
      /data_batch_1\.bin: byte 3073: expected a label below 3; got 3$/,
    );
  });
});

describe('CIFAR-100', () => {
  const description = { name: 'own', provenance: '' };

  /** The two files, each with records of these pairs of coarse and fine labels. */
  function folderOf(...pairs: [number, number][]): string {
    const folder = newFolder();
    for (const name of ['train.bin', 'test.bin']) {
      writeFileSync(join(folder, name), Buffer.concat(pairs.map((pair) => cifarRecord(...pair))));
    }
    return folder;
  }

  it('has a coarse label, then a fine one, before the pixels', () => {
    const folder = folderOf([1, 7], [0, 3]);
    const fine = readCifarSource(folder, cifar100Format('fine'), description);
    const coarse = readCifarSource(folder, cifar100Format('coarse'), description);
    expect([[...fine.train.labels], [...coarse.test.labels]]).toEqual([
      [7, 3],
      [1, 0],
    ]);
    expect([...fine.train.images.subarray(3 * 33, 3 * 33 + 3)]).toEqual([33, 34, 35]);
    expect([fine.classNames.length, coarse.classNames.length]).toEqual([8, 2]);
  });

  it('has the class names of its own list, a label beyond which is refused', () => {
    const folder = folderOf([0, 1]);
    writeFileSync(join(folder, 'fine_label_names.txt'), 'apple\naquarium_fish\n\n');
    expect(readCifarSource(folder, cifar100Format('fine'), description).classNames).toEqual(['apple', 'aquarium_fish']);
    writeFileSync(join(folder, 'fine_label_names.txt'), 'apple\n');
    expect(failureOf(() => readCifarSource(folder, cifar100Format('fine'), description)).message).toMatch(
      /train\.bin: byte 1: expected a label below 1; got 1$/,
    );
  });

  it('is refused if its records have the length of those of CIFAR-10', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'train.bin'), cifarRecord(3));
    expect(failureOf(() => readCifarSource(folder, cifar100Format('fine'), description)).message).toMatch(
      /train\.bin: byte 0: expected a record of 3074 bytes; got the end of the file after 3073 of them$/,
    );
  });
});
