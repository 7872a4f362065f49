import { Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { toHalf } from '#core/float16';
import { correctRows, decodeShard, encodeShard, type Shard, shardPieces } from '#data/sets/shard';
import { failureOf } from '#test/data/fixtures';

const layout = { imageBytes: 3, classes: 2 };
const shard: Shard = {
  rows: 2,
  images: Uint8Array.of(1, 2, 3, 253, 254, 255),
  labels: Int32Array.of(1, 0),
  soft: toHalf(Float32Array.of(0.25, 0.75, 0.125, 0.875)),
  sources: Int32Array.of(70_000, 5),
  replicas: Int32Array.of(0, 1),
};

describe('a shard', () => {
  it('reads back what was written, and the same rows give the same bytes, in pieces too', async () => {
    const bytes = encodeShard(shard, layout);
    expect(decodeShard(bytes, layout, 'x')).toEqual(shard);
    expect(encodeShard(shard, layout)).toEqual(bytes);
    expect(Buffer.concat(await shardPieces(shard, layout)).equals(bytes)).toBe(true);
    expect(Buffer.from(bytes.subarray(0, 6)).toString()).toBe('ARROW1');
  });

  it('of encoded images and the most probable of many classes reads back too', () => {
    const many: Shard = {
      ...{ rows: 2, labels: shard.labels, sources: shard.sources, replicas: shard.replicas },
      images: Uint8Array.of(1, 2, 3, 4, 5),
      imageOffsets: Int32Array.of(0, 4, 5),
      soft: toHalf(Float32Array.of(0.5, 0.25, 0.75, 0.125)),
      top: { classes: Int16Array.of(7, 0, 99, 98), rest: toHalf(Float32Array.of(0.25, 0.125)) },
    };
    const form = { imageBytes: 12, classes: 100, top: 2, encoded: true };
    const bytes = encodeShard(many, form);
    expect(decodeShard(bytes, form, 'x')).toEqual(many);
    expect(tableFromIPC(bytes).schema.fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      ...['image: Binary', 'label: Int32', 'soft: FixedSizeList[2]<Float16>', 'softClass: FixedSizeList[2]<Int16>'],
      ...['softRest: Float16', 'source: Int32', 'replica: Int32'],
    ]);
  });

  it('with encoded images that are out of order is refused', () => {
    const odd = { ...shard, images: new Uint8Array(5), imageOffsets: Int32Array.of(0, 4, 3) };
    const form = { ...layout, encoded: true };
    expect(failureOf(() => decodeShard(encodeShard(odd, form), form, 'f')).message).toBe(
      'f: expected 2 images one after the other; got offsets out of order or beyond the end',
    );
  });

  it('of another form is refused with its columns', () => {
    const other = failureOf(() => decodeShard(encodeShard(shard, layout), { imageBytes: 4, classes: 2 }, 'f'));
    expect(other.exitCode).toBe(4);
    expect(other.message).toMatch(
      /^f: expected the columns image: FixedSizeBinary\[4\], .*; got image: FixedSizeBinary\[3\],/,
    );
    expect(failureOf(() => decodeShard(Buffer.from('not arrow'), layout, 'f')).message).toMatch(/^f: expected /);
  });

  it('with a column shorter than its rows is refused', () => {
    const short = encodeShard({ ...shard, rows: 40, images: new Uint8Array(120) }, layout);
    expect(failureOf(() => decodeShard(short, layout, 'f')).message).toMatch(
      /^f: expected \d+ values in each column; got \d+ in one$/,
    );
  });

  it.each([0, 2])('with %i record batches is refused', (count) => {
    const { schema, batches } = tableFromIPC(encodeShard(shard, layout));
    const bytes = tableToIPC(new Table(schema, Array(count).fill(batches[0])), 'file');
    const failure = failureOf(() => decodeShard(bytes, layout, 'f'));
    expect([failure.kind, failure.message]).toEqual(['data', `f: expected one record batch; got ${count}`]);
  });

  it('counts the rows whose best class is their label', () => {
    expect(correctRows(shard, layout)).toBe(1);
  });
});
