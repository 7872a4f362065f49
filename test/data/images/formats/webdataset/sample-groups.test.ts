import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Sample, sampleName, samplesOf } from '#data/images/formats/webdataset/sample-groups';

async function grouped(names: readonly string[]): Promise<Sample[]> {
  async function* members() {
    for (const name of names) yield { name, offset: 0, size: 1 };
  }
  const samples: Sample[] = [];
  for await (const sample of samplesOf(members())) samples.push(sample);
  return samples;
}

it.each([
  ['a.jpg', 'a', 'jpg'],
  ['./a.jpg', './a', 'jpg'],
  ['b.c/a.JPG', 'b.c/a', 'jpg'],
  ['img_1.5.jpg', 'img_1', '5.jpg'],
  ['a.tar.gz', 'a', 'tar.gz'],
  ['a.', 'a', ''],
  ['b/__x__.jpg', 'b/__x__', 'jpg'],
  ['./__x__/a.jpg', './__x__/a', 'jpg'],
])('%s has key %s and field %s', (name, key, field) => {
  expect(sampleName(name)).toEqual({ key, field });
});

it.each(['README', 'a/', '.hidden', 'b/.hidden.jpg', '__x__', '__x__/a.jpg', ''])('%j belongs to no sample', (name) => {
  expect(sampleName(name)).toBeUndefined();
});

it('a sample consists of consecutive members with one key, between which others may stand', async () => {
  const samples = await grouped(['a.jpg', 'README', '__m__/x.cls', 'a.cls', 'b.jpg', 'a.txt']);
  expect(samples.map(({ key, fields }) => [key, ...fields.keys()])).toEqual([
    ['a', 'jpg', 'cls'],
    ['b', 'jpg'],
    ['a', 'txt'],
  ]);
});

it('every member with a key is in one sample, unless its field is repeated', async () => {
  const name = fc
    .tuple(fc.constantFrom('a', 'b', 'c/a'), fc.constantFrom('jpg', 'cls', 'JPG'))
    .map((two) => two.join('.'));
  await fc.assert(
    fc.asyncProperty(fc.array(name), async (names) => {
      const samples = await grouped(names);
      const lost = samples.filter(({ repeated }) => repeated !== undefined).length;
      const held = samples.reduce((sum, { fields }) => sum + fields.size, 0);
      expect(held).toBeLessThanOrEqual(names.length);
      if (lost === 0) expect(held).toBe(names.length);
    }),
  );
});
