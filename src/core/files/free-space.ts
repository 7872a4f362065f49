/** The free space of the disk that holds a path. */
import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Bytes that this user may still write in the folder or, if it does not exist yet, in the nearest one above it.
 * Undefined for file systems that do not say. Quotas of users are not part of it.
 */
export function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize, blocks } = statfsSync(nearest(resolve(folder)));
    return blocks === 0 ? undefined : bavail * bsize;
  } catch {
    return undefined;
  }
}

/** The path, or the nearest one above it that exists. */
export function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}
