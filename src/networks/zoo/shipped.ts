/** Finding what a user names: a file of theirs, or one that comes with the program. */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Diagnostic, Failure } from '#core/failure';
import { suggestion } from '#core/nearest';

/** The folder of the package; `src/` and `dist/` lie at the same depth below it. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

type Report = (message: string) => Diagnostic;

/** The name as a file of the user's, relative to `base`, or else as a file in one of the package's `folders`. */
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

/** Whether a name is that of a YAML or JSON file of the user's. */
export function isOwnFile(name: string, base = '.'): boolean {
  return /\.(ya?ml|json)$/.test(name) && existsSync(resolve(base, name));
}

/** The names that a folder of the package offers, in order. */
export function shippedNames(folder: string): string[] {
  const names = readdirSync(resolve(packageRoot, folder)).filter((file) => file.endsWith('.yaml'));
  return names.map((file) => file.slice(0, -'.yaml'.length)).sort();
}

function unplaced(message: string): Diagnostic {
  return { message };
}

/** The file of a device profile; `report` says where the name stands. */
export function findDevice(name: string, base?: string, report?: Report): string {
  return findShipped('a device', name, ['configs/devices'], base, report);
}

/** The file of a network or space; `report` says where the name stands. */
export function findSpace(name: string, base?: string, report?: Report): string {
  return findShipped('a network or space', name, ['search-spaces', 'search-spaces/zoo'], base, report);
}

/** The file of a refinement; `report` says where the name stands. */
export function findRefinement(name: string, base?: string, report?: Report): string {
  return findShipped('a refinement', name, ['search-spaces'], base, report);
}
