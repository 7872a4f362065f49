import { once } from 'node:events';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import {
  looksLikeWebDataset,
  openWebDataset,
  type WebDatasetDescription,
} from '#data/images/formats/webdataset/open-webdataset';
import { failureOfAsync, newFolder } from '#test/data/fixtures';
import { contentOf } from '#test/data/images/formats/shards/content';
import { type FixtureMember, labelled, tarOf } from './tar-fixture.js';

type Shards = Readonly<Record<string, readonly FixtureMember[] | Uint8Array>>;

async function written(shards: Shards): Promise<string> {
  const folder = newFolder();
  for (const [name, content] of Object.entries(shards)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content instanceof Uint8Array ? content : await tarOf(content));
  }
  return folder;
}

async function opened(shards: Shards, description: Omit<WebDatasetDescription, 'folder'> = {}) {
  return openWebDataset({ folder: await written(shards), ...description });
}

async function refusal(shards: Shards, description: Omit<WebDatasetDescription, 'folder'> = {}) {
  return failureOfAsync(() => opened(shards, description));
}

const jpeg = (i: number) => [0xff, 0xd8, i];

describe('tar shards', () => {
  it('hold samples in the order of the shards, with their labels and places', async () => {
    const folder = await written({
      'train-000001.tar': labelled(['c', 0]),
      'train-000000.tar': labelled(['dir/a', 2], ['dir/b', 1]),
    });
    const { train, test, classNames, notes } = await openWebDataset({ folder });
    expect(await contentOf(train)).toEqual([
      [2, jpeg(0)],
      [1, jpeg(1)],
      [0, jpeg(0)],
    ]);
    expect([test, classNames, notes]).toEqual([undefined, undefined, []]);
    expect(train.place(1)).toBe(`${join(folder, 'train-000000.tar')}: sample 1 (dir/b.jpg)`);
    expect(train.place(2)).toBe(`${join(folder, 'train-000001.tar')}: sample 0 (c.jpg)`);
  });

  it('divide into parts by their names, and class names are numbered in the order of code points over all parts', async () => {
    const { train, test, classNames } = await opened({
      'train-0.tar': labelled(['a', 'n2'], ['b', '_x'], ['c', 'n10']),
      'val-0.tar': labelled(['a', 'N1']),
    });
    expect(classNames).toEqual(['N1', '_x', 'n10', 'n2']);
    expect([0, 1, 2].map((i) => train.label(i))).toEqual([3, 1, 2]);
    expect(test?.label(0)).toBe(0);
  });

  it('have labels as text, as JSON numbers, or under a key that the user names', async () => {
    const image = { name: 'a.jpg', content: 'x' };
    const json = { name: 'a.json', content: '{"label": 3, "family": "felidae"}' };
    expect((await opened({ 'x.tar': [image, json] })).train.label(0)).toBe(3);
    expect((await opened({ 'x.tar': [image, json] }, { label: 'json.family' })).classNames).toEqual(['felidae']);
    expect((await opened({ 'x.tar': [image, { name: 'a.txt', content: ' cat\n' }] })).classNames).toEqual(['cat']);
    expect((await opened({ 'x.tar': [image, { name: 'a.json', content: '7' }] })).train.label(0)).toBe(7);
  });

  it('count labels from firstLabel, and refuse one that is below it or has no class', async () => {
    const shards = { 'x.tar': labelled(['a', 1], ['b', 2]) };
    const { train } = await opened(shards, { firstLabel: 1, classNames: ['x', 'y'] });
    expect([train.label(0), train.label(1)]).toEqual([0, 1]);
    expect((await refusal(shards, { classNames: ['x', 'y'] })).message).toMatch(
      /x\.tar: sample 1 \(b\): expected a label from 0 to 1; got 2$/,
    );
    expect((await refusal(shards, { firstLabel: 2 })).message).toContain('sample 0 (a): expected a label from 2');
  });

  it('skip folders, links, metadata and names without base or extension, none of which ends a sample', async () => {
    const { train } = await opened({
      'x.tar': [
        { name: 'd/', type: 'directory' },
        { name: 'a.jpg', content: 'x' },
        { name: '__meta__/a.cls', content: '9' },
        { name: '__key__', content: '9' },
        { name: 'README', content: '9' },
        { name: '.hidden', content: '9' },
        { name: 'z.cls', type: 'symlink' },
        { name: 'a.CLS', content: '4' },
      ],
    });
    expect([train.n, train.label(0)]).toEqual([1, 4]);
  });

  it('with names of 101 and 300 characters and beyond ASCII keep them', async () => {
    for (const key of [`${'a'.repeat(101)}/b`, `${'ü/'.repeat(150)}b`, 'straße']) {
      const { train } = await opened({ 'x.tar': labelled([key, 5]) });
      expect(await contentOf(train)).toEqual([[5, jpeg(0)]]);
      expect(train.place(0)).toContain(`(${key}.jpg)`);
    }
  });

  it('that were joined are read whole, with a note', async () => {
    const joined = Buffer.concat([await tarOf(labelled(['a', 1])), await tarOf(labelled(['b', 2]))]);
    const { train, notes } = await opened({ 'x.tar': joined });
    expect(train.n).toBe(2);
    expect(notes).toEqual(['x.tar consists of several archives; all are read, where other programs read the first']);
  });

  it('of which two images share a key are refused, since a dot in a name ends the key', async () => {
    const members = [1, 2].flatMap((i) => [{ name: `img_1.${i}.jpg`, content: 'x' }]);
    const failure = await refusal({ 'x.tar': members });
    expect(failure.message).toMatch(/sample 0 \(img_1\): expected one image; got 1\.jpg, 2\.jpg$/);
    const named = await opened({ 'x.tar': [...members, { name: 'img_1.cls', content: '0' }] }, { image: '2.jpg' });
    expect(named.train.place(0)).toContain('(img_1.2.jpg)');
  });

  it('with a sample without image or label are refused with its place and what it has', async () => {
    const [image, label] = labelled(['b', 1]) as [FixtureMember, FixtureMember];
    const before = labelled(['a', 0]);
    expect((await refusal({ 'x.tar': [...before, label] })).message).toContain(
      'x.tar: sample 1 (b): expected one image; got cls',
    );
    expect((await refusal({ 'x.tar': [...before, image] })).message).toContain(
      'x.tar: sample 1 (b): expected a label in cls; got jpg',
    );
    const empty = { name: 'b.cls', content: '' };
    expect((await refusal({ 'x.tar': [image, empty] })).message).toContain('expected a label in cls; got an empty one');
    expect((await refusal({ 'x.tar': [image, image] })).message).toContain('expected one member jpg; got several');
  });

  it('with labels that are numbers and class names, or neither, are refused', async () => {
    const json = (key: string, label: string) => [
      { name: `${key}.jpg`, content: 'x' },
      { name: `${key}.json`, content: `{"label": ${label}}` },
    ];
    const mixed = await refusal({ 'x.tar': [...json('a', '3'), ...json('b', '"cat"')] });
    expect(mixed.message).toMatch(/sample 0 \(a\): expected numbers or class names throughout; got 3 and cat$/);
    const list = await refusal({ 'x.tar': json('a', '[1]') });
    expect(list.message).toContain('expected a number or a text as the JSON value label');
    const negative = await refusal({ 'x.tar': json('a', '-1') });
    expect(negative.message).toContain('expected a label from 0 to 99999; got -1');
  });

  it('with a member of 9 GiB are read beyond it', async () => {
    const header = pack();
    header.entry({ name: '__large__', size: 9 * 2 ** 30 });
    const folder = newFolder();
    const file = join(folder, 'x.tar');
    const [block] = await once(header, 'data');
    writeFileSync(file, block);
    truncateSync(file, 512 + 9 * 2 ** 30); // a hole, which takes no disk
    appendFileSync(file, await tarOf(labelled(['a', 1])));
    const { train } = await openWebDataset({ folder });
    expect(await contentOf(train)).toEqual([[1, jpeg(0)]]);
  });

  it('that are cut off anywhere, packed or no tar are refused with file and byte', async () => {
    const whole = await tarOf(labelled(['a', 1], ['b', 2]));
    for (let length = 0; length < whole.length - 1024; length += 256) {
      const failure = await refusal({ 'x.tar': whole.subarray(0, length) });
      expect(failure.kind).toBe('data');
      expect(failure.message).toMatch(/x\.tar: byte \d+: expected .*; got the end of the file/);
    }
    expect((await refusal({ 'x.tar.gz': gzipSync(whole) })).message).toContain('got a gzip file');
    const text = Buffer.from('this is no tar archive'.padEnd(2048));
    expect((await refusal({ 'x.tar': text })).message).toContain('byte 0: expected the header of a tar member');
  });

  it('have a fingerprint that changes with a name, a label or a size, but not with the time', async () => {
    const print = async (shards: Shards) => (await opened(shards)).train.fingerprint();
    const same = { 'x.tar': labelled(['a', 1], ['b', 2]) };
    expect(await print(same)).toBe(await print(same));
    const others = [
      { 'y.tar': labelled(['a', 1], ['b', 2]) },
      { 'x.tar': labelled(['a', 1], ['c', 2]) },
      { 'x.tar': labelled(['a', 1], ['b', 3]) },
      { 'x.tar': [...labelled(['a', 1]), { name: 'b.jpg', content: 'four' }, { name: 'b.cls', content: '2' }] },
    ];
    expect(new Set(await Promise.all([same, ...others].map(print))).size).toBe(5);
  });

  it('are recognised by their names', () => {
    expect(looksLikeWebDataset(['README.md', 'train/0001.tar'])).toBe(true);
    expect(looksLikeWebDataset(['a.tarx', 'tar'])).toBe(false);
  });
});
