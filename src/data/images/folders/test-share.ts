/** Splits images without a test part into train and test, by their names alone. */
import { createHash } from 'node:crypto';
import { percent } from '#core/percent';

export interface SplitRule {
  /** Share of each class for the test. */
  readonly testShare: number;
  readonly seed: number;
}

/** Indices of the two parts, each ascending. */
export interface TestSplit {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Draws the same share of every class for the test: the images whose hash of seed and name is lowest. The split is thus
 * a function of seed and names, independent of the order of listing, and a few new images leave most others where they
 * were. Every class of at least two images has one in each part.
 *
 * @param nameOf  a name that no other image has, such as a relative path
 */
export function testSplit(labels: Int32Array, nameOf: (i: number) => string, rule: SplitRule): TestSplit {
  const members = new Map<number, number[]>();
  for (const [i, label] of labels.entries()) {
    const indices = members.get(label);
    if (indices === undefined) members.set(label, [i]);
    else indices.push(i);
  }
  const isTest = new Uint8Array(labels.length);
  for (const indices of members.values()) {
    const hashed = indices.map((i) => ({ i, hash: hashOf(rule.seed, nameOf(i)) }));
    hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1));
    for (const { i } of hashed.slice(0, testCount(indices.length, rule.testShare))) isTest[i] = 1;
  }
  const all = Int32Array.from({ length: labels.length }, (_, i) => i);
  return { train: all.filter((i) => isTest[i] === 0), test: all.filter((i) => isTest[i] === 1) };
}

/** A note for the user on a split. */
export function splitNote(test: number, { testShare, seed }: SplitRule): string {
  return `no test part: ${percent(testShare)} of each class, ${test} images, are kept for the test, drawn with seed ${seed}`;
}

function testCount(n: number, share: number): number {
  return n < 2 ? 0 : Math.min(n - 1, Math.max(1, Math.round(n * share)));
}

function hashOf(seed: number, name: string): string {
  return createHash('sha256').update(`${seed}/data/test/${name}`).digest('hex');
}
