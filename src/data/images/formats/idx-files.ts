/** Finds the four files of an IDX set by their usual names. */
import { join } from 'node:path';
import { namesIn, statsOf } from '#core/files/files';
import { dataFailure } from '#data/data-failure';

/** Paths of the files of one set; a missing file has the path that it should have. */
export interface IdxPaths {
  /** Common prefix of the set's file names, such as `emnist-letters`; may be empty. */
  readonly prefix: string;
  readonly trainImages: string;
  readonly trainLabels: string;
  readonly testImages: string;
  readonly testLabels: string;
}

const roles = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;
type Role = (typeof roles)[number];

/** Matches MNIST's names, with a dash or a dot before `idx`, and EMNIST's, with a prefix and `test`. */
const pattern = /^(.*?)-?(train|t10k|test)-(images[-.]idx3|labels[-.]idx1)-ubyte(?:\.gz)?$/;

/** Whether a file has the usual name of an IDX file of images or labels. */
export function isIdxName(name: string): boolean {
  return pattern.test(name);
}

/** Finds the set without a prefix, else the only complete set; several complete sets are a data failure. */
export function idxPaths(folder: string): IdxPaths {
  const sets = setsIn(folder);
  const rolesOf = (prefix: string) => sets.get(prefix)?.size ?? 0;
  const whole = [...sets.keys()].filter((prefix) => rolesOf(prefix) === roles.length);
  if (whole.length > 1 && !whole.includes('')) {
    const message = `expected one IDX set; got several: ${whole.join(', ')}`;
    throw dataFailure(folder, message, 'move each set into a separate folder');
  }
  const [fullest = ''] = [...sets.keys()].sort((a, b) => rolesOf(b) - rolesOf(a));
  const prefix = whole.includes('') ? '' : (whole[0] ?? fullest);
  const path = (role: Role) => join(folder, sets.get(prefix)?.get(role) ?? missingName(prefix, role));
  const [trainImages, trainLabels, testImages, testLabels] = roles.map(path) as [string, string, string, string];
  return { prefix, trainImages, trainLabels, testImages, testLabels };
}

/** File names by prefix and role. */
function setsIn(folder: string): Map<string, Map<Role, string>> {
  const sets = new Map<string, Map<Role, string>>();
  const names = statsOf(folder)?.isDirectory() ? namesIn(folder).sort(byPreference) : [];
  for (const name of names) {
    const [, prefix, part, kind] = pattern.exec(name) ?? [];
    if (prefix === undefined || !isFile(join(folder, name))) continue;
    const role = `${part === 'train' ? 'train' : 'test'}${kind?.startsWith('images') ? 'Images' : 'Labels'}` as const;
    const files = sets.get(prefix) ?? new Map<Role, string>();
    if (!files.has(role)) files.set(role, name);
    sets.set(prefix, files);
  }
  return sets;
}

/** Orders file names by preference: plain before gzip, MNIST's names before others. */
function byPreference(a: string, b: string): number {
  const rank = (name: string) =>
    4 * Number(name.endsWith('.gz')) + 2 * Number(name.includes('.idx')) + Number(/(^|-)test-/.test(name));
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function missingName(prefix: string, role: Role): string {
  const part = role.startsWith('train') ? 'train' : prefix === '' ? 't10k' : 'test';
  const kind = role.endsWith('Images') ? 'images-idx3' : 'labels-idx1';
  return `${prefix === '' ? '' : `${prefix}-`}${part}-${kind}-ubyte`;
}

/**
 * Path of the file with that name or, for IDX, with a dot before `idx`; the plain file is preferred to the gzip one.
 */
export function located(folder: string, name: string): string {
  const names = [name, name.replace('-idx', '.idx')].flatMap((one) => [one, `${one}.gz`]);
  const found = names.map((one) => join(folder, one)).find(isFile);
  return found ?? join(folder, name);
}

function isFile(path: string): boolean {
  return statsOf(path)?.isFile() === true;
}
