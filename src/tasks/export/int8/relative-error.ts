/** Root mean square of the differences between values, as a share of the expected values' root mean square. */
export function relativeError(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) throw new Error(`expected ${expected.length} values; got ${found.length}`);
  let [error, power] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error += ((found[i] as number) - (expected[i] as number)) ** 2;
    power += (expected[i] as number) ** 2;
  }
  return error === 0 ? 0 : Math.sqrt(error / power);
}
