/** Statistical experiments: one seed of each in `npm test`, all of them in `npm run proof:convergence`. */
const isProof = process.env['MNV4_ALL_SEEDS'] === '1';

/** Returns the seeds of an experiment: one in `npm test`, `all` in a proof. */
export function seedsOf(all: number): number[] {
  return Array.from({ length: isProof ? all : 1 }, (_, seed) => seed);
}

/** Returns the least number of seeds that must succeed, 95 %: the one of a test, 19 of 20 in a proof. */
export function mostOf(seeds: readonly number[]): number {
  return 0.95 * seeds.length;
}

/** Words for a title: under how many seeds an experiment must succeed. */
export function underMost(seeds: readonly number[]): string {
  return seeds.length === 1 ? 'under one seed' : `under ${Math.ceil(mostOf(seeds))} of ${seeds.length} seeds`;
}
