import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { datasetBuildWith } from '#cli/commands/dataset/build';
import { datasetFetch } from '#cli/commands/dataset/fetch';
import { datasetInfo } from '#cli/commands/dataset/info';
import { datasetPreviewWith } from '#cli/commands/dataset/preview';
import { datasetVerify } from '#cli/commands/dataset/verify';
import { printed } from '#test/cli/printed';
import { failureOfAsync, newFolder, tinySource, writeIdxFolder } from '#test/data/fixtures';
import { pixelTeacher } from '#test/data/set-fixture';

afterEach(() => vi.restoreAllMocks());

const datasetBuild = datasetBuildWith(async () => pixelTeacher(30, 4));

const folder = newFolder();
writeIdxFolder(folder, tinySource());
const recipe = join(folder, 'tiny.dataset.yaml');
writeFileSync(recipe, 'name: tiny\nsource: { format: idx, folder: . }\nheld: 20\nreplicas: 2\nteacher: [{ run: t }]\n');

describe('mnv4-nas dataset', () => {
  it('builds, shows and verifies a set', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const to = join(folder, 'set');
    const built = JSON.parse(await printed(datasetBuild, recipe, '--to', to, '--json'));
    expect(built).toMatchObject({ name: 'tiny', classes: 4, shape: [6, 5, 1], replicas: 2, shards: 3 });
    expect(built.splits).toEqual({ train: 200, held: 20, test: 20 });
    expect(JSON.parse(await printed(datasetInfo, to, '--json'))).toEqual(built);
    expect(await printed(datasetInfo, to)).toContain(
      'train 200, held 20, test 20; 2 augmented copies of each train image',
    );
    expect(await printed(datasetInfo, to)).toContain('shuffled  all train rows together');
    const sheet = join(folder, 'set.png');
    await printed(datasetInfo, to, '--sheet', sheet);
    expect([...readFileSync(sheet).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(await printed(datasetVerify, to)).toBe(`${to}: 3 shards, train 200, held 20, test 20: no damage\n`);
    expect(JSON.parse(await printed(datasetVerify, to, '--json')).ok).toBe(true);
    writeFileSync(join(to, 'held-00000.arrow'), 'x');
    const failure = await failureOfAsync(() => printed(datasetVerify, to));
    expect(failure.exitCode).toBe(4);
    expect(failure.message).toContain(join(to, 'held-00000.arrow'));
  });

  it('previews the copies that a build makes, with the classes that the teacher finds most probable', async () => {
    const preview = datasetPreviewWith(async () => pixelTeacher(30, 4));
    const out = join(folder, 'sheet.png');
    const found = JSON.parse(await printed(preview, recipe, '--out', out, '--images', '4', '--copies', '2', '--json'));
    expect(found).toMatchObject({ file: out, teacher: 'pixels' });
    const cells: { classes: { name: string }[]; probable: { share: number }[] }[][] = found.rows.map(
      (row: { cells: unknown }) => row.cells,
    );
    expect(cells.map((row) => row.length)).toEqual([3, 3, 3, 3]);
    expect(new Set(cells.map((row) => row[0]?.classes[0]?.name)).size).toBe(4);
    for (const { probable } of cells.flat()) {
      const shares = probable.map(({ share }) => share);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
    }
    expect([...readFileSync(out).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    const without = JSON.parse(await printed(preview, recipe, '--out', out, '--no-teacher', '--json'));
    expect(without.teacher).toBeNull();
  });

  it('names the data sets that it can fetch when it refuses another', async () => {
    const failure = await failureOfAsync(() => printed(datasetFetch, 'fashion-mnits'));
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toBe(
      'dataset fetch: expected one of fashion-mnist, mnist, cifar10, cifar100; got fashion-mnits; did you mean fashion-mnist?',
    );
  });
});
