/** The reward that the controller maximises: quality, with penalties for costs off their targets. */
import { assertNever } from '#core/assert-never';

export const rewardKinds = ['absolute', 'mnas', 'mnas-hard'] as const;
export type RewardKind = (typeof rewardKinds)[number];

/** A cost of the sampled architecture, its target in the same unit, and the strength of its penalty. */
export interface CostTerm {
  readonly value: number;
  readonly target: number;
  /** Exponent or slope of the penalty; negative. */
  readonly beta: number;
}

export const defaultBeta = -0.1; // TuNAS, released default

/**
 * Returns the reward of a quality Q at costs T with targets T0. The penalties of several costs add up.
 *
 * - `absolute`: Q + beta |T/T0 - 1|. TuNAS, Bender et al. 2020.
 * - `mnas`: Q (T/T0)^beta, and `mnas-hard`: Q min((T/T0)^beta, 1). MnasNet, Tan et al. 2019 (arXiv:1807.11626). Both
 *   need a quality above 0; their penalties add up in the logarithm, so the factors multiply.
 */
export function reward(kind: RewardKind, quality: number, costs: readonly CostTerm[]): number {
  switch (kind) {
    case 'absolute':
      return costs.reduce((sum, { value, target, beta }) => sum + beta * Math.abs(value / target - 1), quality);
    case 'mnas':
      return costs.reduce((product, cost) => product * power(cost), quality);
    case 'mnas-hard':
      return costs.reduce((product, cost) => product * Math.min(power(cost), 1), quality);
    default:
      return assertNever(kind);
  }
}

function power({ value, target, beta }: CostTerm): number {
  return (value / target) ** beta;
}
