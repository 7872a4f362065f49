/** Short forms of paths for people. */
import { relative, resolve } from 'node:path';

/** A path relative to the current folder, if it lies below it; else the absolute path. */
export function shownPath(path: string): string {
  const below = relative('.', path);
  return below === '' || below.startsWith('..') ? resolve(path) : below;
}
