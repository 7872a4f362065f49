import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import {
  addEquations,
  addGroup,
  type IndicatorSample,
  noEquations,
  ridge,
  squaredError,
} from '#tasks/search/prediction/normal-equations';

const size = 5;
const random = randomStream('normal-equations');
const groups: IndicatorSample[][] = [2, 3, 2, 4, 2, 2, 3].map((n) =>
  Array.from({ length: n }, () => ({
    ones: Array.from({ length: size }, (_, i) => i).filter(() => random.below(2) === 1),
    value: random.normal(),
  })),
);

/** The samples of all groups as dense rows, centred in their group. */
function centred(of: readonly IndicatorSample[][]): { x: number[]; y: number }[] {
  return of.flatMap((group) => {
    const rows = group.map(({ ones }) => Array.from({ length: size }, (_, i) => (ones.includes(i) ? 1 : 0)));
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const middle = Array.from({ length: size }, (_, i) => mean(rows.map((row) => row[i] as number)));
    const level = mean(group.map(({ value }) => value));
    return rows.map((row, k) => ({
      x: row.map((value, i) => value - (middle[i] as number)),
      y: (group[k] as IndicatorSample).value - level,
    }));
  });
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);

function equationsOf(of: readonly IndicatorSample[][]) {
  const sums = noEquations(size);
  for (const group of of) addGroup(sums, group);
  return sums;
}

describe('ridge regression within groups', () => {
  it('solves the normal equations of the centred samples', () => {
    const penalty = 0.7;
    const w = ridge(equationsOf(groups), penalty);
    const rows = centred(groups);
    for (let i = 0; i < size; i++) {
      const gradient = rows.reduce((sum, { x, y }) => sum + (x[i] as number) * (dot(x, w) - y), 0);
      expect(gradient + penalty * (w[i] as number)).toBeCloseTo(0, 10);
    }
  });

  it('computes the squared error of any coefficients from the sums', () => {
    const w = Float64Array.from([0.3, -1, 0.2, 0, 2]);
    const direct = centred(groups).reduce((sum, { x, y }) => sum + (y - dot(x, w)) ** 2, 0);
    expect(squaredError(equationsOf(groups), w)).toBeCloseTo(direct, 10);
  });

  it('adds and subtracts the sums of groups', () => {
    const some = equationsOf(groups);
    addEquations(some, equationsOf(groups.slice(0, 3)), -1);
    const others = equationsOf(groups.slice(3));
    expect(some.squares).toBeCloseTo(others.squares, 10);
    for (const [i, value] of some.products.entries()) expect(value).toBeCloseTo(others.products[i] as number, 10);
    for (const [i, value] of some.moments.entries()) expect(value).toBeCloseTo(others.moments[i] as number, 10);
  });
});
