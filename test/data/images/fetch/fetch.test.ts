import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '#core/files/files';
import type { Dataset, Origin } from '#data/images/datasets';
import { fetchDataset } from '#data/images/fetch/fetch';
import { runProgram } from '#data/images/fetch/run-program';
import { openDataset } from '#data/images/open-source';
import { failureOf, failureOfAsync, newFolder, tinySource, writeIdxFolder } from '#test/data/fixtures';

const files = newFolder();
const archiveFile = join(newFolder(), 'tiny.tgz');
writeIdxFolder(files, tinySource());
const names = readdirSync(files).sort();
const sums = Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(files, name)))]));

/** Serves the files under /good/, with one byte changed under /bad/, a tar under /archive, and nothing elsewhere. */
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  const [, folder, file = ''] = (request.url ?? '').split('/');
  const path = join(files, file.replace('.gz', ''));
  if (folder === 'archive') return void response.end(readFileSync(archiveFile));
  if ((folder !== 'good' && folder !== 'bad') || !existsSync(path)) return void response.writeHead(404).end();
  const content = readFileSync(path);
  if (folder === 'bad') content[content.length - 1] = (content.at(-1) as number) ^ 1;
  response.end(gzipSync(content));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => server.close());
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function dataset(...origins: Origin[]): Dataset {
  const classNames = ['a', 'b', 'c', 'd'];
  return { name: 'tiny', format: 'idx', classNames, official: { provenance: 'official', sha256: sums }, origins };
}

const web = (folder: string): Origin => ({ kind: 'web', url: `${base}/${folder}/` });
const quiet = () => undefined;

describe('fetching a data set', () => {
  it('downloads verified files, and the second time makes no request', async () => {
    const to = join(newFolder(), 'tiny');
    const fetched = await fetchDataset(dataset(web('good')), to, quiet);
    expect(fetched).toEqual({ folder: to, origin: `${base}/good/`, provenance: 'official', official: true });
    for (const name of names) expect(readFileSync(join(to, name))).toEqual(readFileSync(join(files, name)));
    const before = asked.length;
    expect((await fetchDataset(dataset(web('good')), to, quiet)).origin).toBeUndefined();
    expect(asked.length).toBe(before);
    const { train } = openDataset(dataset(), to);
    for (const i of [0, train.n - 1]) {
      expect(await (await train.load(i)).whole()).toEqual(await (await tinySource().train.load(i)).whole());
    }
  });

  it('skips a missing, a changed and an unreachable origin, and says so', async () => {
    const to = join(newFolder(), 'tiny');
    const said: string[] = [];
    const closed: Origin = { kind: 'web', url: 'http://127.0.0.1:1/' };
    const origins = [web('nowhere'), web('bad'), closed, web('good')];
    const fetched = await fetchDataset(dataset(...origins), to, (line) => said.push(line));
    expect(fetched.origin).toBe(`${base}/good/`);
    expect(said).toEqual([
      `tiny: trying ${base}/nowhere/`,
      `tiny: ${base}/nowhere/: HTTP status 404`,
      `tiny: trying ${base}/bad/`,
      expect.stringMatching(/bad\/: t10k-images-idx3-ubyte: expected SHA-256 [0-9a-f]{64}; got [0-9a-f]{64}$/),
      'tiny: trying http://127.0.0.1:1/',
      expect.stringMatching(/^tiny: http:\/\/127\.0\.0\.1:1\/: /),
      `tiny: trying ${base}/good/`,
    ]);
    expect(readdirSync(dirname(to))).toEqual(['tiny']); // no scratch folder is left
  });

  it('unpacks an archive', async () => {
    await runProgram('tar', ['-czf', archiveFile, '-C', dirname(files), basename(files)], 10_000);
    const to = join(newFolder(), 'tiny');
    const archive: Origin = { kind: 'archive', url: `${base}/archive`, folder: basename(files) };
    expect((await fetchDataset(dataset(archive), to, quiet)).official).toBe(true);
  });

  it('that fails lists every attempt and what to do by hand', async () => {
    const to = join(newFolder(), 'tiny');
    const failure = await failureOfAsync(() => fetchDataset(dataset(web('nowhere'), web('bad')), to, quiet));
    expect(failure.exitCode).toBe(4);
    expect(failure.diagnostics.map(({ message }) => message)).toEqual([
      'could not download tiny; tried:',
      `${base}/nowhere/: HTTP status 404`,
      expect.stringMatching(/bad\/: t10k-images-idx3-ubyte: expected SHA-256/),
    ]);
    expect(failure.remedy).toMatch(/place t10k-images-idx3-ubyte, .* in .*, or name their folder with --to DIR$/);
    expect(existsSync(to)).toBe(false);
  });

  it('leaves a file with other content alone and names it', async () => {
    const to = newFolder();
    writeIdxFolder(to, tinySource());
    const file = join(to, 'train-labels-idx1-ubyte');
    writeFileSync(file, 'mine');
    const failure = await failureOfAsync(() => fetchDataset(dataset(web('good')), to, quiet));
    expect(failure.message).toBe(
      `${file}: expected content with SHA-256 ${sums['train-labels-idx1-ubyte']}, as in tiny; got ${sha256('mine')}`,
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('opening a data set', () => {
  it('that was not fetched says how to fetch it', () => {
    const folder = join(newFolder(), 'none');
    const failure = failureOf(() => openDataset(dataset(), folder));
    expect(failure.message).toBe(`${join(folder, names[0] as string)}: expected a file of tiny; got no such file`);
    expect(failure.remedy).toBe('fetch it with `mnv4-nas dataset fetch tiny`');
  });

  it('tells a substitute from the official files', () => {
    const substitute: Origin = {
      kind: 'npm',
      spec: 'x@1.0.0',
      sha256: '',
      folder: '',
      scale: 1,
      edition: { provenance: 'a substitute', sha256: sums },
    };
    const other = {
      ...dataset(substitute),
      official: { provenance: 'official', sha256: { ...sums, [names[0] as string]: 'x' } },
    };
    expect(openDataset(other, files).provenance).toBe('a substitute');
    expect(openDataset(dataset(substitute), files).provenance).toBe('official');
  });
});

describe('running a program', () => {
  const longMs = 60_000;

  it.each([
    ['one that is not there', 'no-such-program-here', [], 'no-such-program-here is not installed'],
    ['one that fails', 'sh', ['-c', 'echo "E: no such package" >&2; echo bye >&2; exit 3'], 'sh: E: no such package'],
    ['one that fails in silence', 'sh', ['-c', 'exit 3'], 'sh: exit 3'],
  ])('rejects in one line for %s', async (_, command, args, message) => {
    await expect(runProgram(command, args, longMs)).rejects.toThrow(message);
  });

  it('ends one that takes too long, and says what its limit was', async () => {
    await expect(runProgram('sleep', ['600'], 100)).rejects.toThrow('sleep took more than 0.1 s');
  });
});
