import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDistillationSet, readShard } from '#data/sets/distillation-set';
import { buildDistillationSet } from '#tasks/distill/build';
import { failureOfAsync, lazySet, newFolder, tinySource } from '#test/data/fixtures';
import { pixelTeacher, tinyRecipe, tinySet } from '#test/data/set-fixture';

const source = tinySource();
const teacher = pixelTeacher(30, 4);

/** Builds the tiny set and counts the rows that the teacher had to label. */
async function rowsJudged(to: string): Promise<number> {
  let judged = 0;
  const predict: typeof teacher.predict = (images, n) => {
    judged += n;
    return teacher.predict(images, n);
  };
  await buildDistillationSet({ source, recipe: tinyRecipe(), teacher: { ...teacher, predict }, to });
  return judged;
}

/** Returns every file of a folder with its bytes. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  );
}

describe('a set that cannot be built', () => {
  it.each(['null', '[]', '{"identity": {}, "shards": [1]}', '{'])('has the journal %s', async (text) => {
    const to = newFolder();
    writeFileSync(join(to, 'building.json'), text);
    const failure = await failureOfAsync(() => buildDistillationSet({ source, recipe: tinyRecipe(), teacher, to }));
    expect(failure.kind).toBe('data');
    expect(failure.message).toContain(join(to, 'building.json'));
  });

  it('is one of images that differ in size', async () => {
    const odd = { ...source, test: { ...source.test, shape: undefined } };
    const failure = await failureOfAsync(() =>
      buildDistillationSet({ source: odd, recipe: tinyRecipe(), teacher, to: newFolder() }),
    );
    expect([failure.kind, failure.message]).toEqual([
      'data',
      'tiny: the images differ in size, but trainings and distillation sets need one size for all',
    ]);
  });

  it('is one of more shards than can be numbered, and it is refused before it is planned', async () => {
    const recipe = { ...tinyRecipe(), replicas: 10_000, rowsPerShard: 1 };
    const failure = await failureOfAsync(() => buildDistillationSet({ source, recipe, teacher, to: newFolder() }));
    expect([failure.kind, failure.message]).toEqual([
      'config',
      'rowsPerShard: expected at most 100000 shards of a split; got 960000',
    ]);
  });
});

describe('a built set', () => {
  it('splits by source image: held and test images unaugmented and once, train images in all copies', async () => {
    const set = openDistillationSet(await tinySet());
    const rows = (name: 'train' | 'held' | 'test') => {
      const split = set.split(name);
      return split.shards.flatMap((entry) => {
        const shard = readShard(set.folder, entry, split.layout);
        return [...shard.sources].map((s, row) => ({
          s,
          replica: shard.replicas[row],
          label: shard.labels[row],
          mixedLabel: shard.mixing?.labels[row],
          row,
          shard,
        }));
      });
    };
    const [train, held, test] = [rows('train'), rows('held'), rows('test')];
    const trained = new Set(train.map(({ s }) => s));
    expect(trained.size).toBe(96);
    expect(held.some(({ s }) => trained.has(s))).toBe(false);
    expect(test.map(({ s }) => s)).toEqual(Array.from({ length: 20 }, (_, i) => 120 + i));
    expect([0, 1, 2, 3].map((label) => held.filter((row) => row.label === label).length)).toEqual([6, 6, 6, 6]);
    expect(new Set(train.map(({ s, replica }) => `${s}/${replica}`)).size).toBe(288);
    for (const { s, label, mixedLabel } of train) expect([label, mixedLabel]).toContain(source.train.labels[s]);
    for (const { s, label } of held) expect(label).toBe(source.train.labels[s]);
    for (const { s, row, shard } of held) {
      expect(shard.images.subarray(row * 30, row * 30 + 30)).toEqual(source.train.images.subarray(s * 30, s * 30 + 30));
    }
  });

  it('is a function of recipe, seed, source and teacher', async () => {
    const [one, two, other] = [newFolder(), newFolder(), newFolder()];
    await tinySet(one);
    await tinySet(two);
    expect(contents(two)).toEqual(contents(one));
    await buildDistillationSet({ source, recipe: tinyRecipe('seed: 2'), teacher, to: other });
    expect(contents(other)['train-00000.arrow']).not.toEqual(contents(one)['train-00000.arrow']);
  });

  it('is the same with images that are loaded one by one', async () => {
    const to = newFolder();
    await buildDistillationSet({ source: lazySet(source), recipe: tinyRecipe(), teacher, to });
    expect(contents(to)).toEqual(contents(await tinySet()));
  });

  it('that was interrupted resumes and has the same bytes', async () => {
    const whole = contents(await tinySet());
    const to = newFolder();
    for (const stopAt of [3, 1, 4, 2]) {
      let asked = 0;
      const shouldStop = () => ++asked >= stopAt;
      const failure = await failureOfAsync(() =>
        buildDistillationSet({ source, recipe: tinyRecipe(), teacher, to, shouldStop }),
      );
      expect(failure.exitCode).toBe(75);
      expect(existsSync(join(to, 'manifest.json'))).toBe(false);
    }
    const judged = await rowsJudged(to);
    expect(contents(to)).toEqual(whole);
    expect(judged).toBe(20); // a build that stops at the nth poll makes n - 1 shards: 2 + 0 + 3 + 1 of 7
  });

  it('is mended by building again: only damaged or missing shards are rebuilt', async () => {
    const to = await tinySet();
    const whole = contents(to);
    writeFileSync(join(to, 'train-00001.arrow'), 'damaged');
    rmSync(join(to, 'test-00000.arrow'));
    const judged = await rowsJudged(to);
    expect(contents(to)).toEqual(whole);
    expect(judged).toBe(64 + 20);
  });

  it('is not written over a set of another recipe or teacher, nor into a folder of other files', async () => {
    const to = await tinySet();
    const before = contents(to);
    const build = (recipe: string, fingerprint: string) => () =>
      buildDistillationSet({ source, recipe: tinyRecipe(recipe), teacher: { ...teacher, fingerprint }, to });
    const failure = await failureOfAsync(build('seed: 7', 'pixels-2'));
    expect(failure.exitCode).toBe(4);
    expect(failure.message.split('\n').map((line) => line.slice(to.length))).toEqual([
      ': recipe.seed: the set in this folder was built with 1, not 7',
      ': seed: the set in this folder was built with 1, not 7',
      ': teacher.fingerprint: the set in this folder was built with pixels-1, not pixels-2',
    ]);
    expect(contents(to)).toEqual(before);
    const foreign = newFolder();
    writeFileSync(join(foreign, 'thesis.txt'), 'mine');
    const refused = await failureOfAsync(() => tinySet(foreign));
    expect(refused.message).toBe(
      `${foreign}: expected an empty or new folder, or one with an unfinished set; got thesis.txt`,
    );
    expect(readdirSync(foreign)).toEqual(['thesis.txt']);
  });

  it('that failed before its first shard does not block another recipe', async () => {
    const to = newFolder();
    const predict = () => new Float32Array(0);
    const build = (odd: object) =>
      buildDistillationSet({ source, recipe: tinyRecipe(), teacher: { ...teacher, ...odd }, to });
    await failureOfAsync(() => build({ fingerprint: 'odd', predict }));
    expect(readdirSync(to)).toEqual(['building.json']);
    await build({});
    expect(contents(to)).toEqual(contents(await tinySet()));
  });

  it('records its origin in its manifest', async () => {
    const { manifest } = openDistillationSet(await tinySet());
    expect(manifest).toMatchObject({
      version: 1,
      name: 'tiny',
      classes: 4,
      shape: [6, 5, 1],
      teacher: { name: 'pixels', fingerprint: 'pixels-1' },
      splits: { train: 288, held: 24, test: 20 },
      recipe: { held: 24 },
      replicas: 3,
      source: { name: 'tiny', provenance: 'made up for a test' },
    });
    expect(manifest.teacher.testAccuracy).toBeGreaterThanOrEqual(0);
    expect(manifest.shards.map(({ rows }) => rows)).toEqual([64, 64, 64, 64, 32, 24, 20]);
  });

  it.each([
    [
      'logits',
      (n: number) => new Float32Array(4 * n).fill(2),
      /^teacher t: expected probabilities that sum to 1; got 2\.00, /,
    ],
    [
      'NaN',
      (n: number) => new Float32Array(4 * n).fill(NaN),
      /^teacher t: expected probabilities that sum to 1; got NaN, /,
    ],
    [
      'other classes',
      (n: number) => new Float32Array(7 * n),
      /^teacher t: expected 4 probabilities per image, one for each class of the source; got 7 per image$/,
    ],
  ])('is refused if the teacher gives %s', async (_, answer, message) => {
    const predict = (__: Uint8Array, n: number) => answer(n);
    const odd = { name: 't', fingerprint: 't', predict };
    const failure = await failureOfAsync(() =>
      buildDistillationSet({ source, recipe: tinyRecipe(), teacher: odd, to: newFolder() }),
    );
    expect(failure.message).toMatch(message);
  });

  it('reports a disk that cannot be written, and keeps existing files', async () => {
    const to = newFolder();
    writeFileSync(join(to, 'a-file'), 'kept');
    for (const path of ['a-file', 'a-file/below']) {
      const failure = await failureOfAsync(() => tinySet(join(to, path)));
      expect(failure.exitCode).toBe(4);
      expect(failure.message).toContain('a file where a folder should be');
    }
    expect(readFileSync(join(to, 'a-file'), 'utf8')).toBe('kept');
  });
});

describe('a disk that fills up while building', () => {
  it('is reported with a remedy, keeps finished shards, and the build resumes once there is space', async () => {
    const whole = contents(await tinySet());
    const to = newFolder();
    let chunks = 0;
    const predict: typeof teacher.predict = (images, n) => {
      // The third shard is written through this link to a device that is always full.
      if (++chunks === 3) symlinkSync('/dev/full', join(to, `train-00002.arrow.part-${process.pid}`));
      return teacher.predict(images, n);
    };
    const full = { ...teacher, predict };
    const failure = await failureOfAsync(() =>
      buildDistillationSet({ source, recipe: tinyRecipe(), teacher: full, to }),
    );
    expect(failure.exitCode).toBe(4);
    expect(failure.message).toMatch(/train-00002\.arrow: could not write \d+ bytes: no space left on the disk/);
    expect(failure.remedy).toContain('free some space');
    expect(readdirSync(to).sort()).toEqual(['building.json', 'train-00000.arrow', 'train-00001.arrow']);
    await tinySet(to);
    expect(contents(to)).toEqual(whole);
  });
});

describe.skipIf(process.getuid?.() === 0)('without permission', () => {
  it('a build fails with a message', async () => {
    const to = newFolder();
    chmodSync(to, 0o500);
    const failure = await failureOfAsync(() => tinySet(join(to, 'set')));
    expect(failure.message).toContain('no permission (EACCES)');
  });
});
