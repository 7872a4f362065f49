/**
 * Ridge regression on centred groups by its normal equations: of samples that share a disturbance only the differences
 * count. The sums of several sets of groups can be added and subtracted, as cross-validation does.
 */

/** A sample: the features that are 1, all others being 0, and the value. */
export interface IndicatorSample {
  readonly ones: readonly number[];
  readonly value: number;
}

export interface NormalEquations {
  /** Number of features. */
  readonly size: number;
  /** Sum over the samples of x x', row by row, with x centred in its group. */
  readonly products: Float64Array;
  /** Sum of x y. */
  readonly moments: Float64Array;
  /** Sum of y^2. */
  squares: number;
}

export function noEquations(size: number): NormalEquations {
  return { size, products: new Float64Array(size * size), moments: new Float64Array(size), squares: 0 };
}

/** Adds a group of samples to the sums. */
export function addGroup(sums: NormalEquations, group: readonly IndicatorSample[]): void {
  const { size, products, moments } = sums;
  const mean = group.reduce((sum, { value }) => sum + value, 0) / group.length;
  const shares = new Map<number, number>();
  for (const { ones, value } of group) {
    for (const i of ones) {
      shares.set(i, (shares.get(i) ?? 0) + 1 / group.length);
      moments[i] = (moments[i] as number) + value - mean;
      for (const j of ones) products[i * size + j] = (products[i * size + j] as number) + 1;
    }
    sums.squares += (value - mean) ** 2;
  }
  for (const [i, a] of shares) {
    for (const [j, b] of shares) products[i * size + j] = (products[i * size + j] as number) - group.length * a * b;
  }
}

/** Adds `sign` times the sums `of` to the sums `to`. */
export function addEquations(to: NormalEquations, of: NormalEquations, sign: 1 | -1 = 1): void {
  for (const [i, value] of of.products.entries()) to.products[i] = (to.products[i] as number) + sign * value;
  for (const [i, value] of of.moments.entries()) to.moments[i] = (to.moments[i] as number) + sign * value;
  to.squares += sign * of.squares;
}

/** Returns the coefficients w that minimise sum (y - x w)^2 + penalty w^2, for a penalty above 0. */
export function ridge({ size, products, moments }: NormalEquations, penalty: number): Float64Array {
  const lower = Float64Array.from(products);
  for (let i = 0; i < size; i++) lower[i * size + i] = (lower[i * size + i] as number) + penalty;
  factorise(lower, size);
  const w = Float64Array.from(moments);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) w[i] = (w[i] as number) - (lower[i * size + j] as number) * (w[j] as number);
    w[i] = (w[i] as number) / (lower[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let j = i + 1; j < size; j++) w[i] = (w[i] as number) - (lower[j * size + i] as number) * (w[j] as number);
    w[i] = (w[i] as number) / (lower[i * size + i] as number);
  }
  return w;
}

/** Returns sum (y - x w)^2 over the samples of the sums. */
export function squaredError({ size, products, moments, squares }: NormalEquations, w: Float64Array): number {
  let error = squares;
  for (let i = 0; i < size; i++) {
    let row = 0;
    for (let j = 0; j < size; j++) row += (products[i * size + j] as number) * (w[j] as number);
    error += (w[i] as number) * (row - 2 * (moments[i] as number));
  }
  return error;
}

/** Replaces the lower triangle of a positive definite matrix with its Cholesky factor. */
function factorise(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] as number;
      for (let k = 0; k < j; k++) sum -= (matrix[i * size + k] as number) * (matrix[j * size + k] as number);
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / (matrix[j * size + j] as number);
    }
  }
}
