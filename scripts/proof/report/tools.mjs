// The browser tools of `npm run proof:report`, in the cache, outside the clone: playwright-core drives a Chromium that
// is installed on the machine, axe-core checks accessibility.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '#core/files/cache';

export const pins = { 'playwright-core': '1.65.1', 'axe-core': '4.14.1' };
export const folder = join(cacheFolder(), 'report', `playwright-${pins['playwright-core']}`);

/** True if both packages are there. */
export function isInstalled() {
  return Object.keys(pins).every((name) => existsSync(join(folder, 'node_modules', name, 'package.json')));
}

/** Loads a package from the cache. */
export function tool(name) {
  return createRequire(join(folder, 'package.json'))(name);
}

/** The path of Chromium: `$CHROMIUM`, else the first known name on the PATH; undefined if there is none. */
export function chromium({ CHROMIUM: own, PATH = '' } = process.env) {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const paths = PATH.split(delimiter).flatMap((place) => names.map((name) => join(place, name)));
  return own ?? paths.find((path) => existsSync(path));
}
