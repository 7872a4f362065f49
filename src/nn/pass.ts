/**
 * What a forward pass gives to the layers that compose it: weights by name, normalisation, and the tape. A stand-alone
 * network and a sampled sub-network of the SuperNet run the same layers on different passes.
 */
import type { Activation } from '../space/space.js';
import { backend, sizeOf } from './backend.js';
import { batchNorm, frozenBatchNorm, type ObservedStatistics, type Statistics } from './ops/batch-norm.js';
import type { BatchNorm } from './ops/fused.js';
import { type Features, Tape, type Value } from './tape.js';
import type { Initializer, WeightReading, WeightSpec } from './weights.js';

export interface Pass {
  readonly tape: Tape;
  readonly activation: Activation;
  /** The weight of that name in the shape that this pass uses it in. */
  weight(name: string, shape: readonly number[], initializer: Initializer): Value;
  /**
   * A linear op's output [B, H, W, channels], normalised per channel, then activated where asked.
   *
   * @param linear  runs the op by itself
   * @param fused   runs it in a kernel that leaves this batch norm to its readers, where there is one
   */
  normalized(
    name: string,
    channels: number,
    activated: boolean,
    linear: () => Value,
    fused: (norm: BatchNorm) => Features | undefined,
  ): Features;
  /** x with dropout where the pass trains; unchanged elsewhere. */
  dropout(x: Value): Value;
}

/** Batch statistics by layer name, to normalise with where a batch of its own is not at hand. */
export type StatisticsByName = ReadonlyMap<string, Statistics>;

export interface PassOptions {
  readonly tape: Tape;
  readonly activation: Activation;
  readonly reading: WeightReading;
  /** Given: normalise with these. Absent: with the batch's own. */
  readonly statistics?: StatisticsByName | undefined;
  /** Sees each layer's batch statistics. */
  readonly observe?: ((name: string, batch: ObservedStatistics) => void) | undefined;
  readonly dropout?: ((x: Value) => Value) | undefined;
}

/** A pass over real weights. */
export function weightPass({ tape, activation, reading, statistics, observe, dropout }: PassOptions): Pass {
  const weight: Pass['weight'] = (name, shape) => reading.weight(name, shape);
  return {
    tape,
    activation,
    weight,
    normalized(name, channels, activated, linear, fused) {
      const gamma = weight(`${name}.gamma`, [channels], 'one');
      const beta = weight(`${name}.beta`, [channels], 'zero');
      const kind = activated ? activation : 'none';
      const see = observe && ((batch: ObservedStatistics) => observe(name, batch));
      const frozen = statistics?.get(name);
      if (statistics !== undefined && frozen === undefined) throw new Error(`no statistics were estimated for ${name}`);
      if (kind !== 'gelu') {
        const pending = fused({ gamma, beta, relu: kind === 'relu', frozen, observe: see });
        if (pending !== undefined) return pending;
      }
      const x = linear();
      if (frozen === undefined) return batchNorm(tape, x, gamma, beta, kind, see);
      return frozenBatchNorm(tape, x, gamma, beta, kind, frozen);
    },
    dropout: dropout ?? ((x) => x),
  };
}

/** The weights that a forward pass asks for, in the order of asking; it runs once, on zeros. */
export function weightSpecs(activation: Activation, forward: (pass: Pass) => unknown): WeightSpec[] {
  const tape = new Tape({ recording: false });
  const specs = new Map<string, WeightSpec>();
  const weight: Pass['weight'] = (name, shape, initializer) => {
    if (specs.has(name)) throw new Error(`two layers ask for the weight ${name}`);
    specs.set(name, { name, shape, initializer });
    return tape.adopt(backend().create(new Float32Array(sizeOf(shape)), shape));
  };
  const normalized: Pass['normalized'] = (name, channels, _activated, linear) => {
    weight(`${name}.gamma`, [channels], 'one');
    weight(`${name}.beta`, [channels], 'zero');
    return linear();
  };
  try {
    forward({ tape, activation, weight, normalized, dropout: (x) => x });
  } finally {
    tape.dispose();
  }
  return [...specs.values()];
}
