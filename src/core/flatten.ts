/** The leaves of a plain value by dotted key: `{ a: { b: [1] } }` gives `a.b[0]: 1`. */
import { formatPath, type Path } from './document.js';

export function flattened(value: unknown, path: Path = []): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return { [formatPath(path)]: value };
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return Object.assign({}, ...entries.map(([key, inner]) => flattened(inner, [...path, key as PropertyKey])));
}
