/** The order of texts by code point, in which Python sorts; JavaScript compares UTF-16 units instead. */

const surrogate = /[\ud800-\udfff]/;

/** A sorted copy, by code point: `10` before `2`, `Z` before `a`, U+FFFD before an emoji. */
export function byCodePoint(texts: readonly string[]): string[] {
  const sorted = [...texts];
  return sorted.some((text) => surrogate.test(text)) ? sorted.sort(compareCodePoints) : sorted.sort();
}

/** Negative if `a` comes before `b` by code point, positive if after, 0 if they are equal. */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Lifts the halves of surrogate pairs above all other units, since they stand for the highest code points. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
