/** Where the distillation set of a recipe lies once it is built, and the set itself. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder } from '../core/cache.js';
import { locateYaml, readText } from '../core/document.js';
import { Failure } from '../core/failure.js';
import { readBytes, sha256 } from '../core/files.js';
import { type DistillationSet, openDistillationSet } from './distillation-set.js';
import { manifestName } from './manifest.js';

/**
 * The folder in the cache of a recipe's set. It depends on the recipe's content, on that of the files it names for its
 * teachers, and on where the images lie that it names by a folder: another recipe, teacher or place is another set.
 */
export function builtSetFolder(recipeFile: string): string {
  const content = readText(recipeFile);
  const { name, teacher, source } = (locateYaml(recipeFile, content).value ?? {}) as Readonly<Record<string, unknown>>;
  const named = (Array.isArray(teacher) ? teacher : []).flatMap((reference) => Object.values(reference ?? {}));
  const files = named.map((file) => resolve(dirname(recipeFile), String(file))).filter(existsSync);
  const contents = files.filter((file) => /\.(ya?ml|onnx|safetensors)$/.test(file)).map((file) => readBytes(file));
  const { folder } = (source ?? {}) as { readonly folder?: unknown };
  const place = folder === undefined ? '' : resolve(dirname(recipeFile), String(folder));
  return join(cacheFolder(), 'sets', `${String(name)}-${sha256(content, ...contents, place).slice(0, 12)}`);
}

/** The set in a folder, or the one that a recipe builds; one that is not built is a data failure that says how to. */
export function openSet(reference: { readonly folder: string } | { readonly recipe: string }): DistillationSet {
  if ('folder' in reference) return openDistillationSet(reference.folder);
  const folder = builtSetFolder(reference.recipe);
  if (!existsSync(join(folder, manifestName))) {
    const remedy = `build it: mnv4-nas dataset build ${reference.recipe}`;
    throw new Failure('data', { file: reference.recipe, message: `expected its set in ${folder}; got none` }, remedy);
  }
  return openDistillationSet(folder);
}
