/** Lists the leaves of a plain value with their paths. */
import { formatPath, type Path } from './document.js';

export function* leaves(value: unknown, path: Path = []): Generator<readonly [Path, unknown]> {
  if (typeof value !== 'object' || value === null) {
    yield [path, value];
    return;
  }
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, inner] of entries) yield* leaves(inner, [...path, key]);
}

/** The leaves by dotted key: `{ a: { b: [1] } }` gives `a.b[0]: 1`. */
export function flattened(value: unknown): Record<string, unknown> {
  return Object.fromEntries([...leaves(value)].map(([path, leaf]) => [formatPath(path), leaf]));
}
