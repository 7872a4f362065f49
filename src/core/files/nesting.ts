/** How deep documents may be nested: what walks them by recursion must come to an end. */

/** Levels; none of ours has more than ten. */
export const deepestNesting = 64;

/** Whether a JSON value has more levels than documents may have; found without recursion. */
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
