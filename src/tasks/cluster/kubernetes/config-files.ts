/** The files that a config names, directly or through others, as a pod needs them next to it. */
import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import { type Located, locateYaml, type Path, readText } from '#core/documents/document';
import { leaves } from '#core/documents/flatten';
import { type Diagnostic, Failure } from '#core/failure';
import type { LocatedConfig } from '#tasks/search/config/config';

/** Bytes that a ConfigMap may hold, by the API server's validation. */
export const mostConfigMapBytes = 2 ** 20;

export interface ConfigFiles {
  /** Path of the config among the files. */
  readonly config: string;
  /** Paths with `/`, relative to the folder that holds all files. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

const textFile = /\.(ya?ml|json|csv)$/;
/** Keys that name images, models and runs, which are too large for a ConfigMap. */
const largeKeys: readonly PropertyKey[] = ['folder', 'onnx', 'weights', 'run'];
/** Keys of the config itself that name folders to write to, which the jobs' options override. */
const outputs = ['runs', 'export.folder'];

/**
 * Collects the config and every file that it names. Images, models and sets stay out: they must be named by absolute
 * paths, as the pods see them; a relative one is a config failure.
 */
export function configFiles({ file, located }: LocatedConfig): ConfigFiles {
  const texts = new Map<string, string>();
  const mistakes: Diagnostic[] = [];
  const visit = (path: string, document?: Located) => {
    if (texts.has(path)) return;
    const text = readText(path, 'config', mostConfigMapBytes);
    texts.set(path, text);
    if (path.endsWith('.csv')) return;
    const own = document ?? locateYaml(path, text);
    for (const [place, name] of namesIn(own)) {
      if (isAbsolute(name)) continue; // on the volume
      const named = resolve(dirname(path), name.replace(/@\d+(x\d+)?$/, ''));
      if (textFile.test(named) && existsSync(named) && statSync(named).isFile()) visit(named);
      else if (isLarge(place, document !== undefined)) {
        mistakes.push(own.at(place, `expected an absolute path on the volume of the pods; got ${name}`));
      }
    }
  };
  visit(resolve(file), located);
  if (mistakes.length > 0) {
    const remedy =
      'copy it to the volume, which pods see as /data, and name it by its path there, such as /data/images';
    throw new Failure('config', mistakes, remedy);
  }
  return relativeTo(commonFolder([...texts.keys()]), resolve(file), texts);
}

function* namesIn({ value }: Located): Generator<readonly [Path, string]> {
  for (const [path, leaf] of leaves(value)) if (typeof leaf === 'string') yield [path, leaf];
}

function isLarge(path: Path, isConfig: boolean): boolean {
  if (isConfig && outputs.includes(path.join('.'))) return false;
  return largeKeys.includes(path.at(-1) as PropertyKey);
}

function relativeTo(base: string, config: string, texts: ReadonlyMap<string, string>): ConfigFiles {
  const pathOf = (file: string) => relative(base, file).split(sep).join(posix.sep);
  return { config: pathOf(config), files: [...texts].map(([file, text]) => ({ path: pathOf(file), text })) };
}

/** The innermost folder that contains all these files. */
function commonFolder(files: readonly string[]): string {
  const contains = (folder: string) => files.every((file) => file.startsWith(join(folder, sep)));
  let folder = dirname(files[0] as string);
  while (!contains(folder)) folder = dirname(folder);
  return folder;
}
