/** Look-up tables for the costs of a space: every block is costed once, then an architecture by a few sums. */
import type { Random } from '#core/random';
import type { Decisions, Space } from '#networks/space/space';
import { addsUp, type CostSpec, costName, joined } from './cost.js';
import { type CostUnit, costSlots } from './cost-unit.js';
import { drawnMeans, expectedSums } from './expected-cost.js';
import { extreme } from './extremes.js';

export interface CostTable {
  /** Names of the costs in the given order: `macs`, `params`, `latencyMs@DEVICE` or `peakMemory`. */
  readonly names: readonly string[];
  /** Computes all costs of the architecture that the decisions select; writes them into `out` if given. */
  evaluate(decisions: Decisions, out?: Float64Array): Float64Array;
  /**
   * The mean of each cost over the architectures that a policy draws, given as one distribution per choice: exact if
   * the cost adds up, otherwise the mean over 1,000 architectures drawn with `random`.
   */
  expected(distributions: readonly (readonly number[])[], random: Random): Float64Array;
  /** The decisions that minimise the cost with this index, exactly. */
  cheapest(cost?: number): Decisions;
  /** The decisions that maximise the cost with this index, exactly. */
  costliest(cost?: number): Decisions;
}

/**
 * Builds the tables of a space. `evaluate` equals the costs over `layersOf(close(space, decisions))`: counts exactly,
 * latencies up to the order of summation.
 */
export function costTable(space: Space, specs: readonly CostSpec[]): CostTable {
  const slots = costSlots(space, specs);
  const units = slots.flatMap((slot) => slot.units);
  const fixed = new Float64Array(specs.length);
  for (const unit of units.filter(isFixed)) addCosts(flat(unit), [], specs, fixed);
  const open = units.filter((unit) => !isFixed(unit)).map(flat);
  const evaluate = (decisions: Decisions, out = new Float64Array(specs.length)) => {
    out.set(fixed);
    for (const unit of open) addCosts(unit, decisions, specs, out);
    return out;
  };
  return {
    names: specs.map(costName),
    evaluate,
    expected: (distributions, random) => {
      const sums = expectedSums(units, specs.length, distributions);
      if (specs.every(addsUp)) return sums;
      const means = drawnMeans(evaluate, specs.length, distributions, random);
      return sums.map((sum, c) => (addsUp(specs[c] as CostSpec) ? sum : (means[c] as number)));
    },
    cheapest: (cost = 0) => extreme(space, slots, specs, cost, 1),
    costliest: (cost = 0) => extreme(space, slots, specs, cost, -1),
  };
}

function isFixed({ guards, scope }: CostUnit): boolean {
  return guards.length === 0 && scope.length === 0;
}

/** A unit as flat arrays for `addCosts`: pairs of choice and option, pairs of choice and stride. */
interface FlatUnit {
  readonly guards: Int32Array;
  readonly scope: Int32Array;
  readonly costs: Float64Array;
}

function flat({ guards, scope, costs }: CostUnit): FlatUnit {
  return {
    guards: Int32Array.from(guards.flatMap(({ choice, option }) => [choice, option])),
    scope: Int32Array.from(scope.flatMap(({ choice, stride }) => [choice.id, stride])),
    costs,
  };
}

function addCosts(
  { guards, scope, costs }: FlatUnit,
  decisions: Decisions,
  specs: readonly CostSpec[],
  out: Float64Array,
): void {
  for (let g = 0; g < guards.length; g += 2) if (decisions[guards[g] as number] !== guards[g + 1]) return;
  let at = 0;
  for (let s = 0; s < scope.length; s += 2) at += (decisions[scope[s] as number] as number) * (scope[s + 1] as number);
  for (let c = 0; c < out.length; c++) {
    out[c] = joined(specs[c] as CostSpec, out[c] as number, costs[at + c] as number);
  }
}
