/** Locates the cache of downloads, which is outside the clone so that a fresh clone finds them again. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { Failure } from '#core/failure';

export const cacheRemedy = 'set MNV4_CACHE=FOLDER to a folder that this user may write to';

/**
 * The cache folder: `$MNV4_CACHE`, else `$XDG_CACHE_HOME/mnv4-nas` if that is absolute, else `~/.cache/mnv4-nas`; a
 * usage failure if the user has no home folder either. `scripts/setup/cache.mjs` follows the same rule before the
 * build.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { MNV4_CACHE: own, XDG_CACHE_HOME: shared = '' } = env;
  if (own) return own;
  return join(isAbsolute(shared) ? shared : join(home(), '.cache'), 'mnv4-nas');
}

/** True for files and folders in the cache. */
export function isInCache(path: string): boolean {
  try {
    return resolve(path).startsWith(resolve(cacheFolder()) + sep);
  } catch {
    return false; // no cache
  }
}

function home(): string {
  let folder = '';
  try {
    folder = homedir();
  } catch {
    // HOME is not set, and the user has no entry in the passwd file
  }
  if (isAbsolute(folder)) return folder;
  throw new Failure('usage', 'no folder for the cache: this user has no home folder (HOME)', cacheRemedy);
}
