/** Finds files by name: those of the user, and those shipped with the program. */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Diagnostic, Failure } from '#core/failure';
import { suggestion } from '#core/nearest';

/** The folder of the package; `src/` and `dist/` lie at the same depth below it. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

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

/** Path of a refinement; `report` locates the name in a diagnostic. */
export function findRefinement(name: string, base?: string, report?: Report): string {
  return findShipped('a refinement', name, ['search-spaces'], base, report);
}
