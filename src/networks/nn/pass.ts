/**
 * A forward pass as its layers use it: weights by name, normalisation, and the tape. A stand-alone network and a
 * sampled sub-network of the SuperNet run the same layers on different passes.
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
  /** The weight of that name, in the shape that this pass uses. */
  weight(name: string, shape: readonly number[], initializer: Initializer): Value;
  /**
   * A linear op's output [B, H, W, channels], normalised per channel, then activated.
   *
   * @param linear  runs the op alone
   * @param fused   runs it in a kernel that leaves this batch norm to the readers; undefined where none applies
   */
  normalized(
    name: string,
    how: Normalization,
    linear: () => Value,
    fused: (norm: BatchNorm) => Features | undefined,
  ): Features;
  /** x with dropout in training; unchanged otherwise. */
  dropout(x: Value): Value;
  /** The residual branch's output; in training with stochastic depth, zero for some images. */
  residual(x: Features, depth: number): Features;
}

export interface Normalization {
  readonly channels: number;
  readonly activation: Activation | 'none';
  /** [channels]: further factors on the normalised values. */
  readonly scale?: Value | undefined;
}

/** Statistics by layer name, to normalise with in place of the batch's. */
export type StatisticsByName = ReadonlyMap<string, Statistics>;

export interface PassOptions {
  readonly tape: Tape;
  readonly conventions: LayerConventions;
  readonly reading: Pick<WeightReading, 'weight'>;
  /** Statistics to normalise with; by default the batch's. */
  readonly statistics?: StatisticsByName | undefined;
  /** Receives each layer's batch statistics. */
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

/** The weights that a forward pass requests, in that order; it runs once, with zero weights. */
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
