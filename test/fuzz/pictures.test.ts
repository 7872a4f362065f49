import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImageTable } from '#data/images/folders/image-table';
import { openSource } from '#data/images/open-source';
import { failureOfAsync, newFolder, removeFolders } from '#test/data/fixtures';
import { encoded, smoothImage } from '../data/images/decode/picture-fixtures.js';
import { folderWith } from '../data/images/folders/folder-fixtures.js';
import { expectNamed, fuzz, outcomeOf } from './fuzzed.js';
import { mutatedBytes } from './mutated.js';

beforeAll(() => {
  process.env['MNV4_CACHE'] = newFolder();
});
afterAll(() => {
  delete process.env['MNV4_CACHE'];
  removeFolders();
});

/** Inputs of a property, drawn beforehand since reading images is asynchronous. */
function drawn<T>(runs: number, input: fc.Arbitrary<T>): T[] {
  const inputs: T[] = [];
  fuzz(runs, input, (one) => {
    inputs.push(one);
  });
  return inputs;
}

describe('a folder of pictures', () => {
  it.each(['jpeg', 'png', 'webp', 'gif'] as const)(
    'with a damaged %s is refused at its file, or decoded',
    async (format) => {
      const root = folderWith('a/1.png', 'a/2.png', 'b/1.png', 'b/2.png');
      const sound = await encoded(smoothImage(20, 24), format);
      for (const name of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png']) writeFileSync(join(root, name), sound);
      for (const bytes of drawn(60, mutatedBytes(sound))) {
        for (const name of ['a/1.png', 'a/2.png']) writeFileSync(join(root, name), bytes);
        const { train } = await openSource({ folder: root }, '/');
        const at = Array.from({ length: train.n }, (_, i) => i).find((i) => train.label(i) === 0) as number;
        const whole = async () => (await train.load(at)).whole();
        const image = await whole().catch(() => undefined);
        if (image === undefined) expectNamed(await failureOfAsync(whole), 'data', root);
        else expect(image.pixels).toHaveLength(image.height * image.width * 3);
      }
    },
  );
});

describe('a table of pictures', () => {
  const text = '# made up\npath,label,split\na/1.jpg,cat,train\n"a/2.jpg",dog,train\nb/1.jpg,dog,val\n';

  it('with changed bytes is refused at its line, or lists files of its folder', () => {
    const root = folderWith('a/1.jpg', 'a/2.jpg', 'b/1.jpg');
    const file = join(root, 't.csv');
    fuzz(150, mutatedBytes(Buffer.from(text)), (bytes) => {
      writeFileSync(file, bytes);
      const outcome = outcomeOf(() => readImageTable(file, { followLinks: false }));
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', file);
      for (let i = 0; i < outcome.value.train.n; i++) expect(outcome.value.train.place(i)).toContain(root);
    });
  });

  it('whose paths escape in any way is refused', () => {
    const root = folderWith('a/1.jpg', 'a/2.jpg');
    const file = join(root, 't.csv');
    const step = fc.constantFrom('..', 'a', '.', '', '...', '~', '%2e%2e', '..\\');
    const path = fc.array(step, { maxLength: 6 }).map((steps) => `../${steps.join('/')}/../../etc/hostname`);
    fuzz(60, fc.oneof(path, fc.constantFrom('/etc/hostname', '..', '../', 'a/../../x')), (outside) => {
      writeFileSync(file, `path,label\na/1.jpg,x\n"${outside}",y\n`);
      const outcome = outcomeOf(() => readImageTable(file, { followLinks: false }));
      if (!('failure' in outcome)) return expect.fail(`read ${outside}`);
      expectNamed(outcome.failure, 'data', file);
    });
  });
});
