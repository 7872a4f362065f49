/** Values set from outside a document: `--set a.b=v` on the command line, `MNV4_SET` in the environment. */
import { parse } from 'yaml';
import { formatPath, type Located, type Path } from './document.js';
import { Failure } from './failure.js';

export interface Override {
  readonly path: Path;
  readonly value: unknown;
  /** How a message names its place, such as `--set batch=64`. */
  readonly origin: string;
}

/** `a.b[0].c=v`, the value in YAML. */
export function parseOverride(assignment: string, flag = '--set'): Override {
  const origin = `${flag} ${assignment}`;
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
  const path = name?.match(/[^.[\]]+/g)?.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  if (path === undefined || value === undefined) {
    throw new Failure('usage', { file: flag, message: `expected a.b=value; got ${assignment}` });
  }
  try {
    return { path, value: parse(value, { prettyErrors: false, logLevel: 'error' }), origin };
  } catch (error) {
    throw new Failure('usage', { file: origin, message: `expected a value in YAML; got: ${(error as Error).message}` });
  }
}

/** The assignments in an environment variable, separated by semicolons. */
export function environmentOverrides(value: string | undefined): Override[] {
  const assignments = (value ?? '').split(';').map((part) => part.trim());
  return assignments.filter((part) => part !== '').map((part) => parseOverride(part, 'MNV4_SET'));
}

/** The document with the overrides in place, the last one winning; what came from one is reported at it. */
export function withOverrides(located: Located, overrides: readonly Override[]): Located {
  const value = structuredClone(located.value);
  const isMapping = typeof value === 'object' && value !== null; // what else stands there is reported as it is
  if (isMapping) for (const override of overrides) assign(value, override);
  return {
    file: located.file,
    value,
    at(path, message, what) {
      const cause = overrides.findLast((override) => override.path.every((part, i) => part === path[i]));
      return cause === undefined
        ? located.at(path, message, what)
        : { file: cause.origin, path: formatPath(path), message };
    },
  };
}

function assign(root: object, { path, value, origin }: Override): void {
  const refuse = (depth: number, message: string) =>
    new Failure('config', { file: origin, path: formatPath(path.slice(0, depth)), message });
  let inner = root as Record<PropertyKey, unknown>;
  for (const [depth, part] of path.entries()) {
    if (Array.isArray(inner) && !(typeof part === 'number' && part <= inner.length)) {
      throw refuse(depth, `expected the number of an entry, from 0 to ${inner.length}; got ${String(part)}`);
    }
    if (depth === path.length - 1) break;
    inner[part] ??= {};
    const next = inner[part];
    if (typeof next !== 'object' || next === null) {
      throw refuse(depth + 1, `expected a key with parts; got the value ${JSON.stringify(next)}`);
    }
    inner = next as Record<PropertyKey, unknown>;
  }
  inner[path.at(-1) as PropertyKey] = value;
}
