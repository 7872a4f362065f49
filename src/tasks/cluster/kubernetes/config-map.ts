/** The ConfigMap of a project: the config's files and the arguments of its commands. */
import { posix } from 'node:path';
import { Failure } from '#core/failure';
import { type ConfigFiles, mostConfigMapBytes } from './config-files.js';
import type { Manifest } from './manifest.js';

/** An entry of the ConfigMap: its key, its path in the pods below `places.config`, and its text. */
export interface ConfigEntry {
  readonly key: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Returns the files of the config, and the arguments of each command, one per line. More than a ConfigMap holds is a
 * config failure.
 */
export function configEntries(
  { config, files }: ConfigFiles,
  lists: ReadonlyMap<string, readonly string[]>,
): ConfigEntry[] {
  const named = files.map(({ path, text }, i) => ({
    key: `file-${i}-${posix.basename(path).replace(/[^A-Za-z0-9._-]/g, '_')}`,
    path: `files/${path}`,
    text,
  }));
  const listed = [...lists].map(([list, args]) => ({
    key: `job-${list}`,
    path: `jobs/${list}`,
    text: args.map((argument) => `${oneLine(argument)}\n`).join(''),
  }));
  const entries = [...named, ...listed];
  const size = entries.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (size > mostConfigMapBytes) {
    const message = `expected at most ${mostConfigMapBytes} bytes in all files that it names, as a ConfigMap holds; got ${size}`;
    throw new Failure('config', { file: config, message }, 'keep large tables on the volume of the pods');
  }
  return entries;
}

function oneLine(argument: string): string {
  if (!argument.includes('\n')) return argument;
  throw new Failure('usage', `--set: expected a single line; got ${JSON.stringify(argument)}`);
}

/** The ConfigMap; immutable, since a run that resumes with another config is refused. */
export function configMap(
  name: string,
  labels: Readonly<Record<string, string>>,
  entries: readonly ConfigEntry[],
): Manifest {
  const data = Object.fromEntries(entries.map(({ key, text }) => [key, text]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, immutable: true, data };
}
