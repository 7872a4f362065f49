/** The library as a program of its users sees it: through `exports` of package.json, in the build. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '#core/files/package-folder';
import * as library from '#library/main';
import { newFolder } from '#test/data/fixtures';
import { programsOf } from '../../scripts/proof/package/programs.mjs';

const page = readFileSync(join(packageRoot, 'docs/api.md'), 'utf8');
const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
let consumer: string;

beforeAll(() => {
  consumer = newFolder();
  mkdirSync(join(consumer, 'node_modules'));
  symlinkSync(packageRoot, join(consumer, 'node_modules/mnv4-nas'));
  symlinkSync(join(packageRoot, 'node_modules/@types'), join(consumer, 'node_modules/@types'));
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }');
  for (const [i, text] of programsOf.page(page).entries()) writeFileSync(join(consumer, `program-${i}.ts`), text);
});

describe('the programs of docs/api.md', () => {
  it.each(['node16', 'bundler'])('compile with declarations checked, resolved as %s', (resolution) => {
    const files = programsOf.page(page).map((_, i) => `program-${i}.ts`);
    expect(files).toHaveLength(2);
    const { stdout } = spawnSync(process.execPath, [tsc, ...files, ...programsOf.compilerOptions(resolution)], {
      cwd: consumer,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });

  it('run: the first prints the networks within its budget', () => {
    const output = execFileSync(process.execPath, ['program-0.js'], { cwd: consumer, encoding: 'utf8' });
    expect(output).toMatch(/^mnv4-conv-s \d+ 2\.\d\d\n/);
  });
});

describe('the library', () => {
  it('exports what docs/api.md lists, and nothing else can be imported', () => {
    const listed = [...page.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name);
    expect(Object.keys(library).sort()).toEqual(listed.sort());
    const inner = spawnSync(process.execPath, ['-e', "import('mnv4-nas/dist/core/failure.js')"], {
      cwd: consumer,
      encoding: 'utf8',
    });
    expect(inner.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('describes networks and spaces, and estimates latencies', () => {
    const network = library.describe('mnv4-conv-s', ['pixel-6-cpu']);
    expect(network).toMatchObject({ kind: 'network', classes: 1000, resolution: 224 });
    if (network.kind !== 'network') throw new Error('not a network');
    expect(network.latencyMs['pixel-6-cpu']).toBe(library.estimateLatency('mnv4-conv-s', 'pixel-6-cpu'));
    const space = library.describe('tiny.coarse');
    if (space.kind !== 'space') throw new Error('not a space');
    expect(space.size).toBeGreaterThan(1n);
    expect(space.cheapest.macs).toBeLessThan(space.dearest.macs);
  });

  it('reports mistakes as failures', async () => {
    const mistake = await library.search('quickstart', { set: { 'coarse.steps': 0 } }).catch((error) => error);
    if (!library.isFailure(mistake)) throw mistake;
    expect(mistake.kind).toBe('config');
    expect(mistake.diagnostics[0]?.path).toBe('coarse.steps');
    expect(library.isFailure(new Error())).toBe(false);
  });
});
