import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCifar10, readCifar10Source } from '#data/images/formats/cifar10';
import { failureOf, newFolder } from '#test/data/fixtures';

/** A record whose pixel p has red p % 250, green 1 more, blue 2 more. */
function cifarRecord(label: number): Uint8Array {
  const plane = (more: number) => Array.from({ length: 1024 }, (_, p) => (p % 250) + more);
  return Uint8Array.from([label, ...plane(0), ...plane(1), ...plane(2)]);
}

describe('CIFAR-10 records', () => {
  it('become images with the channels last', () => {
    const { images, labels } = parseCifar10(Buffer.concat([cifarRecord(7), cifarRecord(0)]), 10, 'x');
    expect([...labels]).toEqual([7, 0]);
    expect([...images.subarray(3 * 33, 3 * 33 + 3)]).toEqual([33, 34, 35]); // row 1, column 1
    expect(images.subarray(3072)).toEqual(images.subarray(0, 3072));
  });

  it('are refused at the byte where one ends too early or has no known label', () => {
    const cut = Buffer.concat([cifarRecord(1), cifarRecord(2).subarray(0, 100)]);
    expect(failureOf(() => parseCifar10(cut, 10, 'f')).message).toBe(
      'f: byte 3073: expected a record of 3073 bytes; got the end of the file after 100 of them',
    );
    const odd = Buffer.concat([cifarRecord(1), cifarRecord(10)]);
    expect(failureOf(() => parseCifar10(odd, 10, 'f')).message).toBe('f: byte 3073: expected a label below 10; got 10');
  });
});

describe("images of one's own in that format", () => {
  const description = { name: 'own', provenance: '' };

  /** The six files, each with images of these classes. */
  function folderOf(...labels: number[]): string {
    const folder = newFolder();
    for (const name of [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`).concat('test_batch')) {
      writeFileSync(join(folder, `${name}.bin`), Buffer.concat(labels.map(cifarRecord)));
    }
    return folder;
  }

  it("have the labels found as names, not CIFAR-10's", () => {
    const { classNames, train, test } = readCifar10Source(folderOf(0, 2), description);
    expect([classNames, train.n, test.n]).toEqual([['0', '1', '2'], 10, 2]);
  });

  it('have as many classes as the network that is to see them, but no fewer than labels', () => {
    expect(readCifar10Source(folderOf(0, 2), { ...description, leastClasses: 10 }).classNames).toHaveLength(10);
    expect(readCifar10Source(folderOf(0, 12), { ...description, leastClasses: 10 }).classNames).toHaveLength(13);
  });

  it('have the names that are given, a label beyond which is refused', () => {
    const named = { ...description, classNames: ['cat', 'dog', 'hen'], leastClasses: 10 };
    expect(readCifar10Source(folderOf(0, 2), named).classNames).toEqual(['cat', 'dog', 'hen']);
    expect(failureOf(() => readCifar10Source(folderOf(0, 3), named)).message).toMatch(
      /data_batch_1\.bin: byte 3073: expected a label below 3; got 3$/,
    );
  });
});
