/** Limits the nesting of documents, so that recursive walks over them cannot overflow the stack. */

/** Levels; our own documents have at most ten. */
export const deepestNesting = 64;

/** True if a JSON value has more levels than `deepestNesting`; works without recursion. */
export function isTooDeep(value: unknown): boolean {
  const open = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === deepestNesting) return true;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return false;
}
