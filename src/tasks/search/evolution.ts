/** Evolutionary search for the best network of a trained SuperNet (Guo et al. 2020, arXiv:1904.00420). */
import type { Random } from '#core/random';
import { networkKey } from '#networks/space/network-key';
import { close, type Decisions, type Space } from '#networks/space/space';

export interface EvolutionPlan {
  readonly space: Space;
  /** The first generation. */
  readonly first: readonly Decisions[];
  /** Networks to evaluate in all generations together. */
  readonly count: number;
  readonly random: Random;
  /** True for networks that may be evaluated. */
  passes(decisions: Decisions): boolean;
}

const parentShare = 0.25; // number of parents, as a share of a generation; they are the best networks so far
const mutationRate = 0.1; // of each choice
const attempts = 200; // to breed a network that is new and passes

/**
 * Evaluates generation after generation until `count` different networks are evaluated or no new ones are bred, and returns
 * all. Each generation has the size of the first. Half of it are mutations of a parent, half crossings of two parents
 * that then mutate.
 *
 * @param evaluate  returns the networks of a generation with their rewards, in their order
 */
export async function evolve<T extends { readonly decisions: Decisions; readonly reward: number }>(
  { space, first, count, random, passes }: EvolutionPlan,
  evaluate: (generation: readonly Decisions[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const known = new Set<string>();
  const isNew = (decisions: Decisions) => {
    const before = known.size;
    return known.add(networkKey(close(space, decisions))).size > before;
  };
  const all: T[] = [];
  let generation = first.filter(isNew).slice(0, count);
  const size = first.length;
  while (generation.length > 0) {
    all.push(...(await evaluate(generation)));
    const parents = [...all].sort((a, b) => b.reward - a.reward).slice(0, Math.max(2, Math.round(parentShare * size)));
    const wanted = Math.min(size, count - all.length);
    generation = Array.from({ length: wanted }, (_, i) => bred(parents, i % 2 === 1)).filter((child) => child !== null);
  }
  return all;

  function bred(parents: readonly T[], isCrossed: boolean): Decisions | null {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const child = mutated(isCrossed ? crossed(drawn(parents), drawn(parents)) : drawn(parents));
      if (passes(child) && isNew(child)) return child;
    }
    return null;
  }

  function drawn(parents: readonly T[]): Decisions {
    return (parents[random.below(parents.length)] as T).decisions;
  }

  function crossed(a: Decisions, b: Decisions): Decisions {
    return a.map((decision, i) => (random.below(2) === 0 ? decision : (b[i] as number)));
  }

  function mutated(decisions: Decisions): Decisions {
    return decisions.map((decision, i) =>
      random.uniform() < mutationRate ? random.below(space.choices[i]?.options.length as number) : decision,
    );
  }
}
