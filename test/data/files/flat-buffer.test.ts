import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatBuffer, type Schema } from '#data/files/flat-buffer';
import { decoded } from './decoded.js';

const schema = {
  Tree: {
    name: [0, 'string'],
    height: [1, 'int'],
    width: [3, 'float'],
    isAlive: [4, 'bool'],
    data: [5, 'bytes'],
    numbers: [6, ['int']],
    shares: [7, ['float']],
    words: [8, ['string']],
    branches: [9, ['Tree']],
    fruit: [10, { Apple: 3, Pear: 7 }],
    rings: [12, ['long']],
  },
  Apple: { weight: [0, 'uint'] },
  Pear: {},
} as const satisfies Schema;

const bytesOf = (tree: Parameters<typeof flatBuffer<typeof schema, 'Tree'>>[2]) =>
  flatBuffer(schema, 'Tree', tree, { identifier: 'TREE' });

describe('a FlatBuffer', () => {
  it('of one number has the bytes of the format', () => {
    expect([...bytesOf({ height: 5 })]).toEqual([
      ...[16, 0, 0, 0], // offset of the root
      ...[...'TREE'].map((letter) => letter.charCodeAt(0)),
      ...[8, 0, 8, 0, 0, 0, 4, 0], // vtable: its size, the table's size, no name, height at 4
      ...[8, 0, 0, 0, 5, 0, 0, 0], // table: distance of the vtable, height
    ]);
  });

  it('reads back as it was written, without fields that have their default', () => {
    const tree = {
      name: 'Bäume',
      height: -3,
      width: 0.5,
      isAlive: true,
      data: Uint8Array.of(1, 2, 3),
      numbers: [7, -8],
      shares: [0.25, -1],
      words: ['a', '', 'b'],
      branches: [{ height: 1, fruit: ['Apple', { weight: 2 }] as const }, { name: 'leaf' }],
      fruit: ['Pear', {}] as const,
      rings: [-3, 2 ** 40],
    };
    expect(decoded(schema, 'Tree', bytesOf(tree))).toEqual(tree);
    expect(decoded(schema, 'Tree', bytesOf({ height: 0, isAlive: false }))).toEqual({});
  });

  it('has bytes at multiples of 16', () => {
    const lengths = fc.array(fc.nat(40), { maxLength: 6 });
    const branches = fc.tuple(lengths, fc.string());
    fc.assert(
      fc.property(branches, ([all, name]) => {
        const written = bytesOf({ name, branches: all.map((length) => ({ data: new Uint8Array(length).fill(9) })) });
        for (const { data } of decoded(schema, 'Tree', written).branches ?? []) {
          expect((data!.byteOffset - written.byteOffset) % 16).toBe(0);
        }
      }),
      { seed: 3, numRuns: 50 },
    );
  });
});
