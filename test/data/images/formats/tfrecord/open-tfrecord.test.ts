import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { looksLikeTfRecord, openTfRecord, type TfRecordDescription } from '#data/images/formats/tfrecord/open-tfrecord';
import { failureOfAsync, newFolder } from '#test/data/fixtures';
import { contentOf } from '#test/data/images/formats/shards/content';
import { example, imageNetExample, recordsOf } from './record-fixture.js';

type Choices = Omit<TfRecordDescription, 'folder'>;

function written(files: Readonly<Record<string, Uint8Array>>): string {
  const folder = newFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

function opened(bytes: Uint8Array, choices: Choices = {}) {
  return openTfRecord({ folder: written({ 'x.tfrecord': bytes }), ...choices });
}

const refusal = (bytes: Uint8Array, choices: Choices = {}) => failureOfAsync(() => opened(bytes, choices));
const jpeg = (i: number) => Uint8Array.of(0xff, 0xd8, i);

describe('TFRecord files', () => {
  it('that TensorFlow 2.21 wrote are read', async () => {
    const hex =
      '3700000000000000e7e8ca590a350a0f0a056c6162656c12061a040a02ac020a100a05696d61676512070a050a03ffd8010a100a0473697a65120812060a040000c03f931d219c';
    const { train } = await opened(Buffer.from(hex, 'hex'));
    expect(await contentOf(train)).toEqual([[300, [...jpeg(1)]]]);
  });

  it("with ImageNet's names and keys have their parts, labels from firstLabel, and class names", async () => {
    const folder = written({
      'train-00000-of-00002': recordsOf(imageNetExample(1, 2, 'dog'), imageNetExample(2, 1, 'cat')),
      'train-00001-of-00002': recordsOf(imageNetExample(3, 3, 'owl')),
      'validation-00000-of-00001': recordsOf(imageNetExample(4, 3, 'owl')),
    });
    const { train, test, classNames } = await openTfRecord({ folder, firstLabel: 1 });
    expect(classNames).toEqual(['cat', 'dog', 'owl']);
    expect(await contentOf(train)).toEqual([
      [1, [...jpeg(1)]],
      [0, [...jpeg(2)]],
      [2, [...jpeg(3)]],
    ]);
    expect(test?.label(0)).toBe(2);
    expect(train.place(2)).toBe(`${join(folder, 'train-00001-of-00002')}: record 0`);
    expect((await openTfRecord({ folder })).classNames).toBeUndefined(); // class 0 has no name
  });

  it('have images and labels under the keys that the user names, and class names as labels', async () => {
    const bytes = recordsOf(example({ picture: [jpeg(1)], kind: [Buffer.from('owl')] }));
    const { train, classNames } = await opened(bytes, { image: 'picture', label: 'kind' });
    expect([classNames, await contentOf(train)]).toEqual([['owl'], [[0, [...jpeg(1)]]]]);
    expect((await refusal(bytes)).message).toMatch(
      /record 0, byte 12: expected the image under image\/encoded or image; got picture, kind$/,
    );
    expect((await refusal(bytes, { image: 'picture' })).message).toContain('expected the label under');
  });

  it('whose Examples were joined give the later label and image', async () => {
    const joined = Buffer.concat([imageNetExample(1, 1), imageNetExample(2, 2)]);
    const { train } = await opened(recordsOf(joined));
    expect(await contentOf(train)).toEqual([[2, [...jpeg(2)]]]);
  });

  it('whose labels lie behind a large image are indexed without reading it', async () => {
    const large = new Uint8Array(100_000).fill(7);
    const label = { label: [5] };
    for (const features of [
      { image: [large], ...label },
      { ...label, image: [large] },
    ]) {
      const { train } = await opened(recordsOf(example(features), example(features)));
      expect([train.n, train.label(1), (await train.bytes(1)).length]).toEqual([2, 5, 100_000]);
    }
  });

  it('with several images or labels under one key, or none, are refused', async () => {
    const two = recordsOf(example({ image: [jpeg(1), jpeg(2)], label: [1] }));
    const { train } = await opened(two);
    expect((await failureOfAsync(() => train.bytes(0))).message).toContain('expected one image in image; got 2');
    const labels = recordsOf(example({ image: [jpeg(1)], label: [1, 2] }));
    expect((await refusal(labels)).message).toContain('expected one label in label; got 2');
    expect((await refusal(recordsOf(example({})))).message).toContain('got no keys');
    expect((await refusal(Uint8Array.of())).message).toContain(
      'x.tfrecord: expected images in this file and the others of its part; got none',
    );
  });

  it('with a flipped bit are refused: in a length when opened, in data when that record is read', async () => {
    const whole = recordsOf(imageNetExample(1, 1), imageNetExample(2, 2));
    const second = whole.length / 2;
    for (let at = second; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 4;
      const isLength = at < second + 12;
      const failure = await failureOfAsync(async () => (await opened(damaged)).train.bytes(1));
      expect(failure.kind).toBe('data');
      expect(failure.message).toMatch(isLength ? `byte ${second}: expected a length` : /record 1, byte \d+: expected/);
    }
  });

  it('that are cut off or compressed are refused with the byte', async () => {
    const whole = recordsOf(imageNetExample(1, 1), imageNetExample(2, 2));
    for (const length of [1, 11, 12, 40, whole.length - 1]) {
      expect((await refusal(whole.subarray(0, length))).message).toMatch(/byte \d+: expected .* it is cut off$/);
    }
    expect((await refusal(gzipSync(whole))).message).toContain('perhaps a compressed file');
  });

  it('are recognised by their names', () => {
    expect(looksLikeTfRecord(['a/mnist-train.tfrecord-00000-of-00001'])).toBe(true);
    expect(looksLikeTfRecord(['train-00000-of-01024'])).toBe(true);
    expect(looksLikeTfRecord(['x.TFRecords'])).toBe(true);
    expect(looksLikeTfRecord(['train-00000-of-00001.parquet', 'train-000.tar'])).toBe(false);
  });
});
