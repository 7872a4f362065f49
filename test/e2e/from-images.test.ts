/** The way from labelled images to a trained network that a search found, each step a command of the user. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from '#test/cli/in-process';
import { newFolder } from '#test/data/fixtures';
import { smallConfig, smallSpace } from '#test/tasks/search/small-world';
import { smallNetworkText, writeSmallTraining } from '#test/tasks/training/small-network';

let folder: string;

beforeAll(() => {
  folder = writeSmallTraining(newFolder());
  writeFileSync(join(folder, 'small.coarse.yaml'), smallSpace);
  writeFileSync(join(folder, 'small.search.yaml'), smallConfig.replace('folder: set', 'recipe: small.dataset.yaml'));
  writeFileSync(
    join(folder, 'small.dataset.yaml'),
    `name: patterns
source: { format: idx, folder: ., classNames: [rows, columns, middle] }
validation: 24
augment: { shift: 1 }
teacher: [{ network: small.yaml, training: small.train.yaml }]
`,
  );
});

/** Runs a command in the folder, with a separate cache. */
function run(...args: string[]) {
  return inProcess(args, { cwd: folder, env: { MNV4_CACHE: join(folder, 'cache') } });
}

/** Runs a command that must succeed and returns its JSON output. */
async function result(...args: string[]) {
  const { status, stdout, stderr } = await run(...args, '--json');
  expect([status, status === 0 ? '' : stderr], args.join(' ')).toEqual([0, '']);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

describe('from images', { timeout: 120_000 }, () => {
  it('to a teacher, its labels, a search, and the found network trained and evaluated', async () => {
    const early = await run('coarse', 'small.search.yaml', '--run-id', 'early');
    expect(early.status).toBe(4);
    expect(early.stderr).toContain(
      `what to do: build it: mnv4-nas dataset build ${join(folder, 'small.dataset.yaml')}\n`,
    );

    const set = await result('dataset', 'build', 'small.dataset.yaml');
    expect(set).toMatchObject({
      shape: [8, 8, 1],
      splits: { train: 216, held: 24, test: 36 },
      teacher: { name: 'small' },
    });
    expect(set.teacher.testAccuracy).toBeGreaterThan(0.5);
    expect(readdirSync(join(folder, 'cache')).sort()).toEqual(['sets', 'teachers']);

    const coarse = await result(
      'coarse',
      'small.search.yaml',
      '--run-id',
      'c',
      '--strict-target',
      '--set',
      'search.tolerance=1',
    );
    expect(coarse).toMatchObject({ id: 'c', status: 'done', stage: 'coarse' });
    const fine = await result('fine', 'small.search.yaml', '--from', 'c', '--run-id', 'f');
    expect(fine).toMatchObject({ id: 'f', status: 'done', stage: 'fine' });

    const trained = await result('train', 'f', '--recipe', 'small.train.yaml', '--run-id', 't');
    expect(trained).toMatchObject({ network: 'small.fine.f', split: 'test', n: 36 });
    const evaluated = await result('eval', 't', '--dataset', 'small.dataset.yaml');
    expect(evaluated).toMatchObject({ network: 'small.fine.f', split: 'test', n: 36, top1: trained.top1 });

    const runs = await result('runs', 'list');
    expect(runs.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual([
      ['c', 'done'],
      ['f', 'done'],
      ['t', 'done'],
    ]);
    expect(await result('runs', 'show', 'f')).toEqual(fine);
    expect(await result('describe', 'runs/f')).toMatchObject({ name: 'small.fine.f', macs: fine.costs.macs.value });
  });

  it('to a network whose name begins with a shipped one, found by the id of its run', async () => {
    writeFileSync(join(folder, 'own.yaml'), smallNetworkText.replace('name: small', 'name: teacher-28, of mine'));
    const trained = await result('train', 'own.yaml', '--recipe', 'small.train.yaml', '--root', 'own');
    const [id] = readdirSync(join(folder, 'own')) as [string];
    expect(id).toMatch(/^teacher-28-of-mine-train-\d{8}-\d{6}$/);
    const evaluated = await result('eval', id, '--dataset', 'small.dataset.yaml', '--root', 'own');
    expect(evaluated).toMatchObject({ network: 'teacher-28, of mine', top1: trained.top1 });
    const exported = await result('export', id, '--to', 'safetensors', '--root', 'own');
    expect(exported.folder).toBe('exports/teacher-28-of-mine-safetensors');

    const other = await run('eval', 'teacher-28', '--dataset', 'small.dataset.yaml', '--root', 'own');
    expect([other.status, other.stderr]).toEqual([
      2,
      expect.stringContaining('teacher-28: expected a network with weights; got a network without'),
    ]);
    const unknown = await run('eval', 'teacher-28-of', '--dataset', 'small.dataset.yaml', '--root', 'own');
    expect(unknown.stderr).toContain(`teacher-28-of: expected a run under own; got none; did you mean ${id}?`);
  });
});
