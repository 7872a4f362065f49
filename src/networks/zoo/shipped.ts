/** Finds files by name: those of the user, and those shipped with the program. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { type Diagnostic, Failure } from '#core/failure';
import { packageRoot } from '#core/files/package-folder';
import { suggestion } from '#core/nearest';

type Report = (message: string) => Diagnostic;

/** Path of the user's file of that name, relative to `base`, or else of a file in one of the package's `folders`. */
function findShipped(
  what: string,
  name: string,
  folders: readonly string[],
  base = '.',
  report: Report = unplaced,
): string {
  if (isOwnFile(name, base)) return resolve(base, name);
  for (const folder of folders) {
    const shipped = resolve(packageRoot, folder, name.endsWith('.yaml') ? name : `${name}.yaml`);
    if (existsSync(shipped)) return shipped;
  }
  const known = folders.flatMap(shippedNames);
  const message = `expected ${what}: a YAML file, or one of ${known.join(', ')}; got ${name}${suggestion(name, known)}`;
  throw new Failure('config', report(message));
}

/** True if a name is that of an existing YAML or JSON file, relative to `base`. */
export function isOwnFile(name: string, base = '.'): boolean {
  return /\.(ya?ml|json)$/.test(name) && existsSync(resolve(base, name));
}

/** Names of the YAML files in a folder of the package, without extension, sorted. */
export function shippedNames(folder: string): string[] {
  const names = readdirSync(resolve(packageRoot, folder)).filter((file) => file.endsWith('.yaml'));
  return names.map((file) => file.slice(0, -'.yaml'.length)).sort();
}

function unplaced(message: string): Diagnostic {
  return { message };
}

/** Path of a device profile; `report` locates the name in a diagnostic. */
export function findDevice(name: string, base?: string, report?: Report): string {
  return findShipped('a device', name, ['configs/devices'], base, report);
}

/** Path of a network or space; `report` locates the name in a diagnostic. */
export function findSpace(name: string, base?: string, report?: Report): string {
  return findShipped('a network or space', name, ['search-spaces', 'search-spaces/zoo'], base, report);
}

/** Path of a search config: the user's file, or else a shipped one, `quickstart` or `configs/quickstart.yaml`. */
export function findConfig(name: string): string {
  return findDocument('a search config', name, 'configs');
}

/** Path of a recipe, in the same way: `fashion-mnist.train` or `configs/recipes/fashion-mnist.train.yaml`. */
export function findRecipe(name: string): string {
  return findDocument('a recipe', name, 'configs/recipes');
}

/** Path of a study, in the same way: `stages.study` or `configs/studies/stages.study.yaml`. */
export function findStudy(name: string): string {
  return findDocument('a study', name, 'configs/studies');
}

/** Path of any shipped file that a user names, or the name itself. */
export function findFile(name: string): string {
  if (existsSync(name) || isAbsolute(name)) return name;
  const folders = ['.', ...documentFolders, 'configs/devices', 'search-spaces', 'search-spaces/zoo'];
  const places = folders.flatMap((folder) => [name, `${name}.yaml`].map((file) => join(packageRoot, folder, file)));
  return places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile()) ?? name;
}

const documentFolders = ['configs', 'configs/recipes', 'configs/studies'];

function findDocument(what: string, name: string, folder: string): string {
  if (existsSync(name) || isAbsolute(name)) return name;
  if (!/\.(ya?ml|json)$/.test(name)) return findShipped(what, name, [folder]);
  const shipped = [packageRoot, join(packageRoot, folder)].map((base) => join(base, name));
  return shipped.find((place) => existsSync(place)) ?? name; // its reader reports that it is missing
}

/** Path of a refinement; `report` locates the name in a diagnostic. */
export function findRefinement(name: string, base?: string, report?: Report): string {
  return findShipped('a refinement', name, ['search-spaces'], base, report);
}
