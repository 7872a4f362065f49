/** Divides `total` in proportion to `sizes` into whole numbers that sum to it; the largest remainders round up. */
export function apportioned(total: number, sizes: readonly number[]): number[] {
  const sum = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => (total * size) / sum);
  const quotas = exact.map(Math.floor);
  const left = total - quotas.reduce((a, b) => a + b, 0);
  const byRemainder = exact.map((share, i) => ({ i, rest: share - (quotas[i] as number) }));
  byRemainder.sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of byRemainder.slice(0, left)) quotas[i] = (quotas[i] as number) + 1;
  return quotas;
}
