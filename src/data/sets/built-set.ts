/** Finds and opens the distillation set that was built from a recipe. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { conform, fileName, list, text } from '#core/documents/conform';
import { locateYaml, readText } from '#core/documents/document';
import { Failure } from '#core/failure';
import { cacheFolder } from '#core/files/cache';
import { readBytes, sha256 } from '#core/files/files';
import { type DistillationSet, openDistillationSet } from './distillation-set.js';
import { manifestName } from './manifest.js';
import { openParts, type TrainingSet } from './set-mix.js';
import { referencesOf, type SetReference } from './set-reference.js';

/** The part of a recipe that its set's folder depends on; the builder reads the rest. */
const recipeSchema = z.object({
  name: fileName(),
  teacher: list(z.record(z.string(), z.unknown(), { error: 'a teacher' }), 'a list of teachers'),
  source: z.object({ folder: text('a folder').optional() }, { error: 'a source' }),
  pool: z
    .object({
      source: z.object({ folder: text('a folder').optional() }, { error: 'a source' }),
      selector: list(z.record(z.string(), z.unknown(), { error: 'a teacher' }), 'a list of teachers').optional(),
    })
    .optional(),
});

/**
 * The cache folder of a recipe's set. Its name depends on the recipe's content, on the content of the teacher files
 * that it names, and on the path of its image folder, if any: a change of recipe, teacher or path gives another set.
 */
export function builtSetFolder(recipeFile: string): string {
  const content = readText(recipeFile);
  const { name, teacher, source, pool } = conform(locateYaml(recipeFile, content), recipeSchema);
  const named = [...teacher, ...(pool?.selector ?? [])]
    .flatMap((reference) => Object.values(reference))
    .filter((value) => typeof value === 'string');
  const files = named.map((file) => resolve(dirname(recipeFile), file)).filter(existsSync);
  const contents = files.filter((file) => /\.(ya?ml|onnx|safetensors)$/.test(file)).map((file) => contentOf(file));
  const places = [source.folder, pool?.source.folder].filter((folder) => folder !== undefined);
  const place = places.map((folder) => resolve(dirname(recipeFile), folder)).join('\n');
  return join(cacheFolder(), 'sets', `${name}-${sha256(firstWording(content), ...contents, place).slice(0, 12)}`);
}

function contentOf(file: string): Uint8Array {
  const bytes = readBytes(file);
  return /\.ya?ml$/.test(file) ? Buffer.from(firstWording(Buffer.from(bytes).toString('latin1')), 'latin1') : bytes;
}

/** A recipe under the first names of its keys, so that renaming a key does not give another set. */
function firstWording(text: string): string {
  return text.replace(/^validation(?=\s*:)/gm, 'held').replace(/^microBatches(?=\s*:)/gm, 'shares');
}

/**
 * Opens the set in a folder or the one built from a recipe; a set that is not built is a data failure with a remedy.
 */
export function openSet(reference: { readonly folder: string } | { readonly recipe: string }): DistillationSet {
  return openDistillationSet(setFolder(reference));
}

/**
 * Opens the sets that a config or recipe names, mixed if there are several.
 *
 * @param path  resolves the path of a file that is named there
 */
export function openTrainingSet(reference: SetReference, path: (name: string) => string): TrainingSet {
  const parts = referencesOf(reference).map((part) => {
    const named = 'folder' in part ? { folder: path(part.folder) } : { recipe: path(part.recipe) };
    return { folder: setFolder(named), weight: part.weight };
  });
  return openParts(parts);
}

function setFolder(reference: { readonly folder: string } | { readonly recipe: string }): string {
  if ('folder' in reference) return reference.folder;
  const folder = builtSetFolder(reference.recipe);
  if (!existsSync(join(folder, manifestName))) {
    const remedy = `build it: mnv4-nas dataset build ${reference.recipe}`;
    throw new Failure('data', { file: reference.recipe, message: `expected its set in ${folder}; got none` }, remedy);
  }
  return folder;
}
