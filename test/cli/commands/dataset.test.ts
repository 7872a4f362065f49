import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { datasetCommand } from '#cli/commands/dataset';
import { failureOfAsync, newFolder, tinySource, writeIdxFolder } from '#test/data/fixtures';
import { pixelTeacher } from '#test/data/set-fixture';

afterEach(() => vi.restoreAllMocks());

/** Runs a `dataset` command; what it wrote to standard output. */
async function run(...args: string[]): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const command = datasetCommand({ loadTeachers: async () => pixelTeacher(30, 4) });
  await command.exitOverride().parseAsync(args, { from: 'user' });
  return written.join('');
}

const folder = newFolder();
writeIdxFolder(folder, tinySource());
const recipe = join(folder, 'tiny.dataset.yaml');
writeFileSync(recipe, 'name: tiny\nsource: { format: idx, folder: . }\nheld: 20\nreplicas: 2\nteacher: [{ run: t }]\n');

describe('mnv4-nas dataset', () => {
  it('builds, shows and verifies a set', async () => {
    const to = join(folder, 'set');
    const built = JSON.parse(await run('build', recipe, '--to', to, '--json'));
    expect(built).toMatchObject({ name: 'tiny', classes: 4, shape: [6, 5, 1], replicas: 2, shards: 3 });
    expect(built.splits).toEqual({ train: 200, held: 20, test: 20 });
    expect(JSON.parse(await run('info', to, '--json'))).toEqual(built);
    expect(await run('info', to)).toContain('train 200, held 20, test 20; 2 augmented of each train image');
    expect(await run('verify', to)).toBe(`${to}: 3 shards, train 200, held 20, test 20: no damage\n`);
    expect(JSON.parse(await run('verify', to, '--json')).ok).toBe(true);
    writeFileSync(join(to, 'held-00000.arrow'), 'x');
    const failure = await failureOfAsync(() => run('verify', to));
    expect(failure.exitCode).toBe(4);
    expect(failure.message).toContain(join(to, 'held-00000.arrow'));
  });

  it('knows the data sets that it can fetch', async () => {
    const failure = await failureOfAsync(() => run('fetch', 'fashion-mnits'));
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toBe(
      'dataset fetch: expected one of fashion-mnist, mnist, cifar10; got fashion-mnits; did you mean fashion-mnist?',
    );
  });
});
