/**
 * Named random streams: every consumer draws from a separate stream (`seed/controller`, `seed/weights`, `seed/data`),
 * so that adding a draw in one place changes nothing elsewhere. A stream's state is JSON for checkpoints.
 */
import seedrandom from 'seedrandom';

export type RandomState = seedrandom.State.Arc4;

export interface Random {
  /** Uniform on [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal (Box–Muller, the cosine branch). */
  normal(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
  /** The current state, from which `restoreRandom` resumes the stream. */
  state(): RandomState;
}

function wrap(generator: seedrandom.StatefulPRNG<RandomState>): Random {
  const uniform = () => generator.double();
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (n) => Math.floor(uniform() * n),
    state: () => structuredClone(generator.state()),
  };
}

/** A stream that depends on its name alone. */
export function randomStream(name: string): Random {
  return wrap(seedrandom(name, { state: true }));
}

export function restoreRandom(state: RandomState): Random {
  return wrap(seedrandom('', { state: structuredClone(state) }));
}

/** Draws the index of an option from a distribution. */
export function drawnOption(distribution: readonly number[], random: Random): number {
  const uniform = random.uniform();
  let below = 0;
  for (let option = 0; option < distribution.length; option++) {
    below += distribution[option] as number;
    if (uniform < below) return option;
  }
  return distribution.length - 1; // the probabilities fell short of 1 by rounding
}

/** A permutation of 0…n-1 (Fisher–Yates). */
export function permutation(n: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}
