import { describe, expect, it } from 'vitest';
import { parseCifar10 } from '../../src/data/cifar10.js';
import { failureOf } from './fixtures.js';

/** A record whose pixel p has red p % 250, green 1 more, blue 2 more. */
function cifarRecord(label: number): Uint8Array {
  const plane = (more: number) => Array.from({ length: 1024 }, (_, p) => (p % 250) + more);
  return Uint8Array.from([label, ...plane(0), ...plane(1), ...plane(2)]);
}

describe('CIFAR-10 records', () => {
  it('become images with the channels last', () => {
    const { n, images, labels } = parseCifar10(Buffer.concat([cifarRecord(7), cifarRecord(0)]), 10, 'x');
    expect(n).toBe(2);
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
