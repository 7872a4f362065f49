/** Where downloads are kept: outside the clone, so that a fresh clone finds them again. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$MNV4_CACHE`, else `$XDG_CACHE_HOME/mnv4-nas`, else `~/.cache/mnv4-nas`; `scripts/setup.mjs` follows the same rule. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.MNV4_CACHE) return env.MNV4_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mnv4-nas');
}
