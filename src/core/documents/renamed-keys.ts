/**
 * Accepts keys under their former names. A user's document is read as if it had the new names, with a notice, and its
 * mistakes are reported under the name that the user wrote. Files that programs keep can be written under the former
 * names, so that their content stays the same.
 */
import { type Diagnostic, Failure, formatDiagnostic } from '#core/failure';
import { notice } from '#core/notices';
import { formatPath, type Located, type Path } from './document.js';
import type { Override } from './overrides.js';

export interface RenamedKey {
  /** The path of the key under its former name, such as `search.heldBatch`. */
  readonly path: readonly string[];
  /** Its new name. */
  readonly to: string;
}

/** Receives a notice. */
export type Tell = (message: string) => void;

/** The document under new names, with a notice for each former name; a key under both names is a config failure. */
export function withNewKeys(located: Located, renames: readonly RenamedKey[], tell: Tell = notice): Located {
  const found = renames.filter(({ path }) => has(located.value, path));
  for (const { path, to } of found) {
    requireAlone(located.value, path, to, (message) => located.at(path, message, 'key'));
    tell(renamedNotice(to, (message) => located.at(path, message, 'key')));
  }
  const written = (path: Path) => found.reduce<Path>(formerPath, path);
  return {
    ...located,
    value: found.reduce(renamed, located.value),
    at: (path, message, what) => located.at(written(path), message, what),
  };
}

/** The override under new names, both in its path and in a mapping that it sets. */
export function withNewKey(override: Override, renames: readonly RenamedKey[], tell: Tell = notice): Override {
  return renames.reduce((before, rename) => renamedOverride(before, rename, tell), override);
}

function renamedOverride(override: Override, { path: former, to }: RenamedKey, tell: Tell): Override {
  const { path, value, origin } = override;
  const shared = Math.min(path.length, former.length);
  const inner = former.slice(shared); // the rest of the path, inside the value
  const isNamed = former.slice(0, shared).every((key, i) => key === path[i]) && has(value, inner);
  if (!isNamed) return override;
  const at = (message: string) => ({ file: origin, path: formatPath(former), message });
  if (inner.length > 0) requireAlone(value, inner, to, at);
  tell(renamedNotice(to, at));
  if (inner.length > 0) return { path, value: renamed(value, { path: inner, to }), origin };
  return { path: path.map((key, i) => (i === former.length - 1 ? to : key)), value, origin };
}

/** Values by dotted key, with the keys under new names. */
export function withNewDottedKeys(
  values: Readonly<Record<string, unknown>>,
  renames: readonly RenamedKey[],
): Record<string, unknown> {
  const names = new Map(renames.map(({ path, to }) => [path.join('.'), [...path.slice(0, -1), to].join('.')]));
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [names.get(key) ?? key, value]));
}

/** A plain value under the former names of its keys, in the same order. */
export function withFormerKeys<T extends object>(value: T, renames: readonly RenamedKey[]): object {
  const back = renames.map(({ path, to }) => ({ path: [...path.slice(0, -1), to], to: path.at(-1) as string }));
  return back.reduce<unknown>((before, rename) => renamed(before, rename), value) as object;
}

function renamedNotice(to: string, at: (message: string) => Diagnostic): string {
  return formatDiagnostic({ ...at(''), message: `is called ${to} now; the former name is still read` });
}

function requireAlone(value: unknown, path: readonly string[], to: string, at: (message: string) => Diagnostic): void {
  if (!has(value, [...path.slice(0, -1), to])) return;
  throw new Failure('config', at(`expected this key once; got it under its new name ${to} too: leave this one out`));
}

/** A copy with the key at `path`, if present, renamed to `to`. */
function renamed(value: unknown, { path: [key, ...rest], to }: RenamedKey): unknown {
  if (key === undefined || !has(value, [key])) return value;
  const entries = Object.entries(value as object).map(([name, inner]) => {
    if (name !== key) return [name, inner];
    return rest.length === 0 ? [to, inner] : [name, renamed(inner, { path: rest, to })];
  });
  return Object.fromEntries(entries) as unknown;
}

/** The path as the user wrote it, given the path under the new name. */
function formerPath(path: Path, { path: former, to }: RenamedKey): Path {
  const last = former.length - 1;
  const isBelow = path[last] === to && former.slice(0, last).every((key, i) => key === path[i]);
  return isBelow ? [...former, ...path.slice(former.length)] : path;
}

function has(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  const isThere = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key);
  return isThere && has((value as Record<string, unknown>)[key], rest);
}
