/** Python virtual environments in the cache, outside the clone, for programs of others that exist only for Python. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '#core/files/cache';

export interface PythonEnvironment {
  readonly name: string;
  /** Packages and their versions. */
  readonly pins: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly python: string;
  /** File that the installation writes last. */
  readonly installedMark: string;
}

/** The environment with these packages, which its name and the version of the first package identify. */
export function pythonEnvironment(name: string, pins: PythonEnvironment['pins']): PythonEnvironment {
  const [[first, version]] = Object.entries(pins) as [[string, string]];
  const folder = join(cacheFolder(), name, `${first}-${version}`);
  return { name, pins, folder, python: join(folder, 'bin', 'python'), installedMark: join(folder, 'installed.json') };
}

export function isInstalled({ installedMark, python }: PythonEnvironment): boolean {
  return existsSync(installedMark) && existsSync(python);
}
