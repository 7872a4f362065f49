// @ts-check
/** The cache folder of TensorFlow's library; follows the rule of src/core/files/cache.ts, which is not built yet. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { SetupFailure } from './report.mjs';

/** @param {Readonly<Record<string, string | undefined>>} env */
export function cacheFolder({ MNV4_CACHE: own, XDG_CACHE_HOME: shared = '' }) {
  if (own) return own;
  return join(isAbsolute(shared) ? shared : join(home(), '.cache'), 'mnv4-nas');
}

function home() {
  let folder = '';
  try {
    folder = homedir();
  } catch {
    // HOME is not set, and the user has no entry in the passwd file
  }
  if (isAbsolute(folder)) return folder;
  throw new SetupFailure(
    'no folder for the cache: this user has no home folder (HOME)',
    'set MNV4_CACHE=FOLDER to a folder that this user may write to',
  );
}
