/** Locates the package that runs, a clone or an installed package, and its native code. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.js';

/** The folder of the package; `src/` and `dist/` lie at the same depth below it. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The commit of the clone that runs, or null outside one. */
export function packageCommit(): string | null {
  if (isInstalledPackage()) return null; // the commit of the user's project is not ours
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: packageRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null; // not a clone, or no git: only the version is known
  }
}

/** True for a package that npm or the like installed, false for a clone or a copy of it. */
export function isInstalledPackage(root = packageRoot): boolean {
  return basename(dirname(root)) === 'node_modules';
}

/**
 * The folder of native code that set-up made: `deps`, TensorFlow's library; `lib`, the addons compiled for this machine;
 * `onnxruntime`, where it was asked for. In a clone it is `native/`; an installed package, whose folder the user may not
 * be able to write, has one per version in the cache. `scripts/setup/home.mjs` follows the same rule.
 */
export function nativeFolder(root = packageRoot, version = packageVersion()): string {
  if (!isInstalledPackage(root)) return join(root, 'native');
  return join(cacheFolder(), 'native', `${version}-${process.platform}-${process.arch}`);
}

/** Path of a compiled addon, which may be missing. */
export function addonFile(name: string): string {
  return join(nativeFolder(), 'lib', 'napi-v8', `${name}.node`);
}

/** The command that installs native TensorFlow and compiles the addons. */
export function setUpCommand(options = ''): string {
  const command = isInstalledPackage() ? 'npx mnv4-nas setup' : 'node scripts/setup.mjs';
  return `\`${[command, options].filter(Boolean).join(' ')}\``;
}
