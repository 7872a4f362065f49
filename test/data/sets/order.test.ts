import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowOrder } from '#data/sets/order';

const shards = [5, 5, 5, 2].map((rows) => ({ rows, bytes: rows * 10 }));
const rows = 17;

function epoch(at: ReturnType<typeof rowOrder>, number: number): string[] {
  return Array.from({ length: rows }, (_, i) => at(number * rows + i)).map(({ shard, row }) => `${shard}/${row}`);
}

const everyRow = shards
  .flatMap(({ rows }, shard) => Array.from({ length: rows }, (_, row) => `${shard}/${row}`))
  .sort();

describe('the order of rows', () => {
  it('has each row once per epoch, in any window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 50 }), (windowBytes, number) => {
        expect(epoch(rowOrder(shards, windowBytes, 's'), number).sort()).toEqual(everyRow);
      }),
    );
  });

  it('is a function of stream, epoch and position, whatever was asked before', () => {
    const reference = rowOrder(shards, 100, 's');
    const expected = Array.from({ length: 4 * rows }, (_, i) => reference(i));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 * rows - 1 }), { minLength: 1 }), (positions) => {
        const at = rowOrder(shards, 100, 's');
        for (const position of positions) expect(at(position)).toEqual(expected[position]);
      }),
    );
  });

  it('differs between epochs and between streams', () => {
    const at = rowOrder(shards, 1000, 's');
    expect(epoch(at, 0)).not.toEqual(epoch(at, 1));
    expect(epoch(at, 0)).not.toEqual(epoch(rowOrder(shards, 1000, 't'), 0));
  });

  it('finishes one window of shards before it begins the next', () => {
    const at = rowOrder(shards, 100, 's'); // two shards of 5 rows, or one with the shard of 2
    const order = epoch(at, 3).map((place) => Number(place.split('/')[0]));
    const first = new Map(order.map((shard) => [shard, order.indexOf(shard)]));
    const last = new Map(order.map((shard) => [shard, order.lastIndexOf(shard)]));
    for (const position of order.keys()) {
      const open = [...first.keys()].filter(
        (s) => (first.get(s) as number) <= position && (last.get(s) as number) >= position,
      );
      expect(open.reduce((bytes, shard) => bytes + (shards[shard]?.bytes as number), 0)).toBeLessThanOrEqual(100);
    }
  });
});
