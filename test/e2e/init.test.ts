/** A newcomer's first command, on pictures that the test paints. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { type Ended, program } from '#test/cli/program';
import { newFolder } from '#test/data/fixtures';

const colours = { red: [200, 40, 40], blue: [40, 40, 200], 'dark green': [20, 90, 20] } as const;

/** Paints 40 noisy pictures of each colour, of differing sizes, in a folder for each. */
async function paint(root: string): Promise<void> {
  const random = randomStream('test/pictures');
  for (const [name, colour] of Object.entries(colours)) {
    mkdirSync(join(root, name), { recursive: true });
    for (let i = 0; i < 40; i++) {
      const [width, height] = [24 + random.below(20), 24 + random.below(20)];
      const pixels = Uint8Array.from(
        { length: 3 * width * height },
        (_, at) => (colour[at % 3] ?? 0) + random.below(50),
      );
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .jpeg()
        .toFile(join(root, name, `${i}.jpg`));
    }
  }
}

let folder: string;
let first: Ended;

function run(...args: string[]): Promise<Ended> {
  return program(args, { cwd: folder, env: { MNV4_CACHE: join(folder, 'cache') } });
}

const init = ['init', 'pictures', '--device', 'pixel-6-cpu', '--target-ms', '0.05', '--hours', '0.001'];

beforeAll(async () => {
  folder = newFolder();
  await paint(join(folder, 'pictures'));
  first = await run(...init);
});

/** The texts of a project's files, by name. */
function texts(project: string): Record<string, string> {
  const names = readdirSync(join(folder, project), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.\w+$/.test(name)).sort();
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, project, name), 'utf8')]));
}

describe('init', { timeout: 300_000 }, () => {
  it('describes the pictures, says what is unusual, and names the next command', () => {
    expect([first.status, first.status === 0 ? '' : first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain('images   120 (folder), 96 to train with and 24 for the test\n');
    expect(first.stdout).toContain('classes  3: blue 40, dark green 40, red 40\n');
    expect(first.stdout).toContain('note: 120 images are few');
    expect(first.stdout).toMatch(/\nteacher +\S+ +4 epochs of 96 images\n/);
    expect(first.stdout).toMatch(/\ntrain +\S+ +\d+ epochs of 96 images\n/);
    expect(first.stdout).toMatch(/\nnext: mnv4-nas search pictures-search\/config\.yaml\n$/);
    expect(Object.keys(texts('pictures-search'))).toEqual([
      'README.md',
      'config.yaml',
      'init.json',
      'recipes/final.train.yaml',
      'recipes/set.dataset.yaml',
      'recipes/teacher.network.yaml',
      'recipes/teacher.train.yaml',
      'search-space.coarse.yaml',
      'search-space.one-stage.yaml',
      'study.yaml',
    ]);
  });

  it('never overwrites a project by itself; with --force the same arguments give the same files', async () => {
    const before = texts('pictures-search');
    const refused = await run(...init);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining('pictures-search: expected a folder that is new or empty; got one with'),
    ]);
    const again = await run(...init, '--force');
    expect(again.status).toBe(0);
    expect(texts('pictures-search')).toEqual(before);
  });

  it('says which targets are possible', async () => {
    const refused = await run('init', 'pictures', '--device', 'pixel-6-cpu', '--target-ms', '900', '--to', 'slow');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /--target-ms: expected a latency from .* ms to .* ms, .*; got 900: the space closest/,
    );
    expect(readdirSync(folder)).not.toContain('slow');
  });

  it('states each training in the words of a dry run', async () => {
    const planned = await run('search', 'pictures-search/config.yaml', '--dry-run');
    expect(planned.stdout).toMatch(/teacher +missing +\S.* pictures-search-teacher, 4 epochs of 96 images\n/);
    const [, length] = /\ntrain +\S+ +(.*)\n/.exec(first.stdout) ?? [];
    expect(planned.stdout).toMatch(new RegExp(`train +missing +\\S.* the fine result, ${length}\\n`));
  });

  it('makes a project that search brings to a trained and exported network', async () => {
    const short = ['coarse.steps=12', 'fine.steps=12'].flatMap((set) => ['--set', set]);
    const ended = await run('search', 'pictures-search/config.yaml', ...short);
    expect([ended.status, ended.status === 0 ? '' : ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toContain('pictures-search: searched, trained and exported\n');
    expect(ended.stdout).toMatch(/\naccuracy +\d+\.\d % of 24 test images \(95 % interval /);
    expect(readdirSync(join(folder, 'pictures-search/exported/pictures-search/onnx'))).toContain('model.onnx');
    const renamed = await run('search', 'pictures-search/config.yaml', ...short, '--set', 'name=second', '--dry-run');
    expect(renamed.status === 0 ? '' : renamed.stderr).toBe('');
    expect(renamed.stdout).toMatch(/export +missing/);
  });
});
