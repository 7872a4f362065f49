import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { looksLikeParquet, openParquet, type ParquetDescription } from '#data/images/formats/parquet/open-parquet';
import { failureOfAsync } from '#test/data/fixtures';
import { contentOf } from '#test/data/images/formats/shards/content';
import { parquetFixture, parquetFolder } from './parquet-fixture.js';

const opened = (content: string | Uint8Array, choices: Omit<ParquetDescription, 'folder'> = {}) =>
  openParquet({ folder: parquetFolder({ 'x.parquet': content }), ...choices });

const refusal = (content: string | Uint8Array, choices: Omit<ParquetDescription, 'folder'> = {}) =>
  failureOfAsync(() => opened(content, choices));

const jpeg = (i: number) => [0xff, 0xd8, i];
const rows = [2, 0, 1, 2].map((label, i) => [label, jpeg(i)]);

describe('Parquet files', () => {
  it('of the datasets package have images in a struct, and class names in the metadata', async () => {
    const { train, test, classNames, notes } = await opened('hub');
    expect([classNames, test, notes]).toEqual([['owl', 'cat', 'dog'], undefined, []]);
    expect(await contentOf(train)).toEqual(rows);
  });

  it.each([
    'plain',
    'groups',
    'pages',
    'gzip',
    'brotli',
    'version 2',
    'version 2, dictionary',
    'required',
    'checksums',
  ])('written otherwise are read: %s', async (name) => {
    const { train } = await opened(name);
    expect(await contentOf(train)).toEqual(rows);
  });

  it('hand out images that do not keep their page in memory', async () => {
    const { train } = await opened('checksums');
    const image = await train.bytes(1);
    expect(image.buffer.byteLength).toBe(3);
    image.fill(0);
    expect([...(await train.bytes(1))]).toEqual(jpeg(1));
  });

  it('divide into parts as hubs name them; a test part with secret labels gives way to validation', async () => {
    const folder = parquetFolder({
      'train-0.parquet': 'plain',
      'test-0.parquet': 'secret',
      'validation-0.parquet': 'groups',
    });
    const { test, notes } = await openParquet({ folder });
    expect(test && (await contentOf(test))).toEqual(rows);
    expect(notes).toEqual(['the part with test-0.parquet is not used: its labels are negative, so it has none']);
  });

  it("have CIFAR's columns, or those that the user names", async () => {
    expect(await contentOf((await opened('cifar')).train)).toEqual(rows);
    expect((await opened('cifar', { label: 'coarse_label' })).train.label(0)).toBe(9);
    expect((await refusal('cifar', { image: 'photo' })).message).toMatch(
      /x\.parquet: expected a column photo; got img, fine_label, coarse_label$/,
    );
  });

  it('have class names as labels, in the order of code points', async () => {
    const { train, classNames } = await opened('names');
    expect(classNames).toEqual(['cat', 'dog', 'owl']);
    expect([0, 1, 2, 3].map((i) => train.label(i))).toEqual([2, 0, 2, 1]);
  });

  it.each(['null images', 'null structs'])(
    'with rows without an image say so, and refuse those rows alone: %s',
    async (name) => {
      const { train, notes } = await opened(name);
      expect(notes).toEqual(['2 rows of x.parquet have no image']);
      expect([...(await train.bytes(0))]).toEqual(jpeg(0));
      const failure = await failureOfAsync(() => train.bytes(1));
      expect(failure.kind).toBe('data');
      expect(failure.message).toMatch(/x\.parquet: row 1: expected an image; got none/);
    },
  );

  it('with labels that are missing, lists or fractions are refused', async () => {
    expect((await refusal('null labels')).message).toContain('row 1: expected a label in label; got none');
    expect((await refusal('lists')).message).toContain('expected values of type INT32 or INT64');
    expect((await refusal('floats')).message).toContain('in the column label; got DOUBLE');
    expect((await refusal('secret')).message).toContain('row 0: expected a label from 0');
  });

  it('in compressions and encodings that are not read are refused with a remedy', async () => {
    const failure = await refusal('zstd');
    expect(failure.message).toContain('uncompressed or in SNAPPY, GZIP, BROTLI; got ZSTD');
    expect(failure.remedy).toContain('write the file without compression');
    const { train } = await opened('delta');
    const delta = await failureOfAsync(() => train.bytes(0));
    expect(delta.message).toContain('values in the encoding DELTA_LENGTH_BYTE_ARRAY');
  });

  it('that are cut off, or no Parquet, are refused', async () => {
    const whole = parquetFixture('plain');
    expect((await refusal(whole.subarray(0, -4))).message).toContain('it is cut off');
    expect((await refusal(Buffer.from('PAR1....PAR1'))).message).toContain('expected the length of the footer');
    expect((await refusal(Buffer.from('a text'))).message).toContain('begins and ends with PAR1; got other bytes');
    expect((await refusal(Buffer.alloc(0))).message).toContain('got other bytes');
  });

  it('with checksums are refused if a picture has changed', async () => {
    const whole = parquetFixture('checksums');
    for (let i = 0; i < 4; i++) {
      const damaged = Buffer.from(whole);
      damaged[damaged.indexOf(Uint8Array.of(3, 0, 0, 0, ...jpeg(i))) + 6] = 9; // after its length
      const { train } = await opened(damaged);
      expect((await failureOfAsync(() => train.bytes(i))).message).toContain('do not match their CRC-32');
    }
  });

  it('that number the classes in different ways are refused together', async () => {
    const other = Buffer.from(parquetFixture('hub'));
    other[other.indexOf('"owl"') + 1] = 0x41;
    const folder = parquetFolder({ 'train.parquet': 'hub', 'test.parquet': other });
    expect((await failureOfAsync(() => openParquet({ folder }))).message).toMatch(
      /test\.parquet: expected the class names of the other files; got others$/,
    );
  });

  it('name the row in a place, and have a fingerprint that a label changes', async () => {
    const folder = parquetFolder({ 'x.parquet': 'plain' });
    const { train } = await openParquet({ folder });
    expect(train.place(3)).toBe(`${join(folder, 'x.parquet')}: row 3`);
    const print = async (name: string) => (await opened(name)).train.fingerprint();
    expect(await print('plain')).toBe(await train.fingerprint());
    expect(await print('names')).not.toBe(await train.fingerprint());
  });

  it('are recognised by their names', () => {
    expect(looksLikeParquet(['README.md', 'data/train-00000-of-00001.parquet'])).toBe(true);
    expect(looksLikeParquet(['x.parquet.json'])).toBe(false);
  });
});
