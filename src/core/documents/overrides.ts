/** Values set from outside a document: `--set a.b=v` on the command line, `MNV4_SET` in the environment. */

import { Failure } from '#core/failure';
import { shown } from '#core/shown';
import { formatPath, type Located, locateYaml, type Path } from './document.js';

export interface Override {
  readonly path: Path;
  readonly value: unknown;
  /** The place that messages name, such as `--set batch=64`. */
  readonly origin: string;
}

/**
 * Parses `a.b[0].c=v`, with the value in YAML; list entries may also be written `a.0.c`. Mistakes are usage failures.
 */
export function parseOverride(assignment: string, flag = '--set'): Override {
  const origin = `${flag} ${assignment}`;
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
  if (name === undefined || value === undefined || !/^[^.[\]]+(\.[^.[\]]+|\[\d+\])*$/.test(name)) {
    throw new Failure('usage', { file: flag, message: `expected a.b=value; got ${shown(assignment)}` });
  }
  const parts = name.match(/[^.[\]]+/g) as string[];
  const path = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return { path, value: parsedValue(value, origin), origin };
}

function parsedValue(text: string, origin: string): unknown {
  try {
    return locateYaml(origin, text).value;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      'usage',
      error.diagnostics.slice(0, 1).map(({ message }) => ({ file: origin, message })),
    );
  }
}

/** The assignments in an environment variable, separated by semicolons. */
export function environmentOverrides(value: string | undefined): Override[] {
  const assignments = (value ?? '').split(';').map((part) => part.trim());
  return assignments.filter((part) => part !== '').map((part) => parseOverride(part, 'MNV4_SET'));
}

/**
 * The document with the overrides applied, the last one winning; mistakes in an overridden value are reported at the
 * override.
 */
export function withOverrides(located: Located, overrides: readonly Override[]): Located {
  const value = structuredClone(located.value);
  const isMapping = typeof value === 'object' && value !== null; // the schema check reports any other value
  if (isMapping) for (const override of overrides) assign(value, override);
  return {
    file: located.file,
    value,
    isYaml: true,
    at(path, message, what) {
      const cause = overrides.findLast((override) => setsAt(override.path, path, located.value));
      return cause === undefined
        ? located.at(path, message, what)
        : { file: cause.origin, path: formatPath(path), message };
    },
  };
}

/** True if the value at `path` was set by the override, contained in it, or created as one of its parents. */
function setsAt(set: Path, path: Path, document: unknown): boolean {
  const isOnTheWay = set.length > path.length && !has(document, path);
  return path.slice(0, set.length).every((part, i) => part === set[i]) && (set.length <= path.length || isOnTheWay);
}

function has(value: unknown, [key, ...rest]: Path): boolean {
  if (key === undefined) return true;
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return isThere && has((value as Record<PropertyKey, unknown>)[key], rest);
}

function assign(root: object, { path, value, origin }: Override): void {
  const refuse = (depth: number, message: string) =>
    new Failure('config', { file: origin, path: formatPath(path.slice(0, depth)), message });
  let inner = root as Record<PropertyKey, unknown>;
  for (const [depth, part] of path.entries()) {
    if (Array.isArray(inner) && !(typeof part === 'number' && part <= inner.length)) {
      throw refuse(depth, `expected the number of an entry, from 0 to ${inner.length}; got ${String(part)}`);
    }
    if (part === '__proto__') throw refuse(depth, 'expected another key; got __proto__');
    if (depth === path.length - 1) break;
    const next = (Object.hasOwn(inner, part) ? inner[part] : undefined) ?? {};
    if (typeof next !== 'object') throw refuse(depth + 1, `expected a key with parts; got the value ${shown(next)}`);
    inner[part] = next;
    inner = next as Record<PropertyKey, unknown>;
  }
  inner[path.at(-1) as PropertyKey] = value;
}
