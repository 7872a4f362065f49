/**
 * What a forward pass gives to the layers that compose it: weights by name, normalisation, and the tape. A stand-alone
 * network and a sampled sub-network of the SuperNet run the same layers on different passes.
 */
import type { Activation } from '#networks/space/block';
import { conventionsOf, type LayerConventions } from '#networks/space/space';
import { backend, sizeOf } from '#networks/tensor/backend';
import { activated } from '#networks/tensor/ops/activation';
import { perChannel } from '#networks/tensor/ops/arithmetic';
import { type BatchNorm, batchNorm, type ObservedStatistics, type Statistics } from '#networks/tensor/ops/batch-norm';
import { materialized } from '#networks/tensor/ops/combine';
import { type Features, Tape, type Value } from '#networks/tensor/tape';
import type { Initializer, WeightSpec } from './weight-layout.js';
import type { WeightReading } from './weights.js';

export interface Pass extends LayerConventions {
  readonly tape: Tape;
  /** The weight of that name in the shape that this pass uses it in. */
  weight(name: string, shape: readonly number[], initializer: Initializer): Value;
  /**
   * A linear op's output [B, H, W, channels], normalised per channel, then activated.
   *
   * @param linear  runs the op by itself
   * @param fused   runs it in a kernel that leaves this batch norm to its readers, where there is one
   */
  normalized(
    name: string,
    how: Normalization,
    linear: () => Value,
    fused: (norm: BatchNorm) => Features | undefined,
  ): Features;
  /** x with dropout where the pass trains; unchanged elsewhere. */
  dropout(x: Value): Value;
  /** What a residual block adds; with stochastic depth, where the pass trains, nothing at all for some images. */
  residual(x: Features, depth: number): Features;
}

export interface Normalization {
  readonly channels: number;
  readonly activation: Activation | 'none';
  /** [channels]: further factors on what is normalised. */
  readonly scale?: Value | undefined;
}

/** Batch statistics by layer name, to normalise with where a batch of its own is not at hand. */
export type StatisticsByName = ReadonlyMap<string, Statistics>;

export interface PassOptions {
  readonly tape: Tape;
  readonly conventions: LayerConventions;
  readonly reading: Pick<WeightReading, 'weight'>;
  /** Given: normalise with these. Absent: with the batch's own. */
  readonly statistics?: StatisticsByName | undefined;
  /** Sees each layer's batch statistics. */
  readonly observe?: ((name: string, batch: ObservedStatistics) => void) | undefined;
  readonly dropout?: Pass['dropout'] | undefined;
  readonly residual?: Pass['residual'] | undefined;
}

/** A pass over real weights. */
export function weightPass({ tape, conventions, reading, statistics, observe, ...training }: PassOptions): Pass {
  const weight: Pass['weight'] = (name, shape) => reading.weight(name, shape);
  return {
    ...conventionsOf(conventions),
    tape,
    weight,
    normalized(name, { channels, activation, scale }, linear, fused) {
      const scaled = (value: Value) => (scale === undefined ? value : perChannel(tape, value, scale));
      const gamma = scaled(weight(`${name}.gamma`, [channels], 'one'));
      const beta = scaled(weight(`${name}.beta`, [channels], 'zero'));
      const epsilon = conventions.batchNormEpsilon;
      const see = observe && ((batch: ObservedStatistics) => observe(name, batch));
      const frozen = statistics?.get(name);
      if (statistics !== undefined && frozen === undefined) throw new Error(`no statistics were estimated for ${name}`);
      const relu = activation === 'relu';
      const norm = { gamma, beta, epsilon, relu, frozen, observe: see };
      const y = fused(norm) ?? batchNorm(tape, linear(), norm);
      return relu || activation === 'none' ? y : activated(tape, materialized(tape, y), activation);
    },
    dropout: training.dropout ?? ((x) => x),
    residual: training.residual ?? ((x) => x),
  };
}

/** The weights that a forward pass asks for, in the order of asking; it runs once, on zeros. */
export function weightSpecs(conventions: LayerConventions, forward: (pass: Pass) => unknown): WeightSpec[] {
  const tape = new Tape({ recording: false });
  const specs = new Map<string, WeightSpec>();
  const weight: Pass['weight'] = (name, shape, initializer) => {
    if (specs.has(name)) throw new Error(`two layers ask for the weight ${name}`);
    specs.set(name, { name, shape, initializer });
    return tape.adopt(backend().create(new Float32Array(sizeOf(shape)), shape));
  };
  const normalized: Pass['normalized'] = (name, { channels }, linear) => {
    weight(`${name}.gamma`, [channels], 'one');
    weight(`${name}.beta`, [channels], 'zero');
    return linear();
  };
  try {
    forward({ ...conventionsOf(conventions), tape, weight, normalized, dropout: (x) => x, residual: (x) => x });
  } finally {
    tape.dispose();
  }
  return [...specs.values()];
}
