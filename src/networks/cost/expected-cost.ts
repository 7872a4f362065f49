/** Mean costs of the architectures that a policy draws; a policy decides each choice independently of the others. */
import { drawnOption, type Random } from '#core/random';
import type { Decisions } from '#networks/space/space';
import { type CostUnit, optionAt } from './cost-unit.js';

type Distributions = readonly (readonly number[])[];

/**
 * The exact mean of each cost that adds up: the sum, over all units and combinations of their choices, of the cost
 * times the probability that the unit is present in that combination.
 */
export function expectedSums(units: readonly CostUnit[], costs: number, distributions: Distributions): Float64Array {
  const sums = new Float64Array(costs);
  for (const unit of units) {
    for (let at = 0; at < unit.costs.length; at += costs) {
      const p = probabilityAt(unit, at, distributions);
      for (let c = 0; c < costs; c++) sums[c] = (sums[c] as number) + p * (unit.costs[at + c] as number);
    }
  }
  return sums;
}

/** The probability that the unit is present in the combination at a position of its costs. */
function probabilityAt({ guards, scope }: CostUnit, at: number, distributions: Distributions): number {
  const of = (choice: number, option: number) => distributions[choice]?.[option] as number;
  const there = guards.reduce((p, { choice, option }) => p * of(choice, option), 1);
  return scope.reduce((p, { choice, stride }) => p * of(choice.id, optionAt(at, choice, stride)), there);
}

const drawn = 1000; // architectures; the standard error of the mean is a thirtieth of their deviation

/** The mean of each cost over 1,000 drawn architectures. */
export function drawnMeans(
  evaluate: (decisions: Decisions) => Float64Array,
  costs: number,
  distributions: Distributions,
  random: Random,
): Float64Array {
  const sums = new Float64Array(costs);
  for (let i = 0; i < drawn; i++) {
    const values = evaluate(distributions.map((distribution) => drawnOption(distribution, random)));
    for (let c = 0; c < costs; c++) sums[c] = (sums[c] as number) + (values[c] as number);
  }
  return sums.map((sum) => sum / drawn);
}
