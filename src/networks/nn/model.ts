/** A network's weights, and what is computed with them: gradients, logits, estimates of batch statistics. */
import { inputShape } from '#networks/space/resolution';
import type { Architecture, LayerConventions } from '#networks/space/space';
import {
  attribute,
  backend,
  dataType,
  dispose,
  floatConstant,
  floatT,
  readFloats,
  run,
  type Tensor,
} from '#networks/tensor/backend';
import { masked } from '#networks/tensor/ops/arithmetic';
import { materialized } from '#networks/tensor/ops/combine';
import { isHalf } from '#networks/tensor/ops/half';
import { softmax, softmaxCrossEntropy } from '#networks/tensor/ops/softmax-cross-entropy';
import type { PrecisionSetting } from '#networks/tensor/precision';
import { Tape, type Value } from '#networks/tensor/tape';
import { FlatVariable } from './flat-variable.js';
import type { Forward } from './network.js';
import { type Pass, type PassOptions, type StatisticsByName, weightPass } from './pass.js';
import { StatisticsPools } from './pooled-statistics.js';
import { pixelScale, preprocessingFor } from './preprocessing.js';
import { initialWeights, type WeightLayout } from './weight-layout.js';
import { type InPlace, WeightReading } from './weights.js';

/** Images as they are stored: n of [H, W, C], 8 bits each. */
export interface Images {
  readonly n: number;
  readonly images: Uint8Array;
}

export interface LabelledImages extends Images {
  /** Class probabilities, [n, K]. */
  readonly soft: Float32Array;
}

/** Rate of random drops, and their seed. */
export interface Drops {
  readonly rate: number;
  readonly seed: readonly [number, number];
}

export interface GradientOptions {
  /** L2 factor on the kernels in use. */
  readonly decay?: number;
  readonly dropout?: Drops;
  /** The rate is that of the last block's residual branch, per image; earlier blocks' are proportional to depth. */
  readonly stochasticDepth?: Drops;
  /** Tensor that our kernels write or add the gradient to, and that is then the result; TensorFlow's ops ignore it. */
  readonly into?: InPlace | undefined;
  readonly precision?: PrecisionSetting | undefined;
}

/** The properties of a network that a model needs besides the forward pass. */
export type Frame = Pick<Architecture, 'input' | 'classes'> & LayerConventions;

/** The weights of one network or SuperNet. Owns them; `dispose` frees them. */
export class Model {
  readonly frame: Frame;
  readonly layout: WeightLayout;
  readonly weights: FlatVariable;

  /** @param seed  of the initial weights; without one they are 0, to be overwritten */
  constructor(frame: Frame, layout: WeightLayout, seed?: string) {
    this.frame = frame;
    this.layout = layout;
    const fill = (values: Float32Array) => {
      if (seed !== undefined) initialWeights(layout, seed, values);
    };
    this.weights = new FlatVariable({ size: layout.size, fill });
  }

  /**
   * Mean cross-entropy of a batch in nats, and its gradient as a flat vector, which the caller owns (like `into`).
   */
  gradient(forward: Forward, batch: LabelledImages, options: GradientOptions = {}): { loss: number; gradient: Tensor } {
    const tape = new Tape({ recording: true, half: isHalf(options.precision) });
    try {
      const reading = new WeightReading(tape, this.weights, this.layout, options.decay ?? 0);
      const { frame: conventions } = this;
      const pass = weightPass({ tape, conventions, reading, ...dropsOf(tape, options) });
      const logits = materialized(tape, forward(pass, this.#pixels(tape, batch)));
      const targets = backend().create(batch.soft, [batch.n, conventions.classes]);
      const { perImage, gradient } = softmaxCrossEntropy(logits.tensor, targets);
      tape.backward(logits, gradient);
      const losses = readFloats(perImage);
      dispose(targets, perImage);
      return {
        loss: losses.reduce((sum, loss) => sum + loss, 0) / batch.n,
        gradient: reading.flatGradient(options.into),
      };
    } finally {
      tape.dispose();
    }
  }

  /** Logits [n, K], row by row. Without `statistics` each layer normalises with the batch's. */
  logits(forward: Forward, batch: Images, statistics?: StatisticsByName, precision?: PrecisionSetting): Float32Array {
    return this.#forward(forward, batch, { statistics, precision }, (logits) => readFloats(logits));
  }

  /** Class probabilities [n, K], row by row. */
  probabilities(forward: Forward, batch: Images, statistics?: StatisticsByName): Float32Array {
    return this.#forward(forward, batch, { statistics }, (logits) => {
      const probabilities = softmax(logits);
      const values = readFloats(probabilities);
      dispose(probabilities);
      return values;
    });
  }

  /** Each layer's mean and variance over all values of all batches; the caller owns them (`disposeStatistics`). */
  async estimateStatistics(
    forward: Forward,
    batches: Iterable<Images> | AsyncIterable<Images>,
    precision?: PrecisionSetting,
  ): Promise<StatisticsByName> {
    const pools = new StatisticsPools();
    for await (const batch of batches) {
      this.#forward(forward, batch, { precision, observe: (layer, seen) => pools.add(layer, seen) }, () => undefined);
    }
    return pools.statistics();
  }

  dispose(): void {
    this.weights.dispose();
  }

  #forward<T>(
    forward: Forward,
    batch: Images,
    { precision, ...how }: Pick<PassOptions, 'statistics' | 'observe'> & { precision?: PrecisionSetting | undefined },
    read: (logits: Tensor) => T,
  ): T {
    const tape = new Tape({ recording: false, half: isHalf(precision) });
    try {
      const reading = new WeightReading(tape, this.weights, this.layout, 0);
      const pass = weightPass({ tape, conventions: this.frame, reading, ...how });
      return read(materialized(tape, forward(pass, this.#pixels(tape, batch))).tensor);
    } finally {
      tape.dispose();
    }
  }

  /** Normalised pixels, [n, H, W, C]. */
  #pixels(tape: Tape, { n, images }: Images): Value {
    const bytes = backend().create(images, [n, ...inputShape(this.frame.input)]);
    const floats = run('Cast', castAttributes, bytes);
    const { scale, shift } = pixelScale(preprocessingFor('NHWC', this.frame.input));
    const scaled = run('Mul', [floatT], floats, perChannelConstant(tape, scale));
    const pixels = run('AddV2', [floatT], scaled, perChannelConstant(tape, shift));
    dispose(bytes, floats, scaled);
    return tape.adopt(pixels);
  }
}

/** A constant for each channel, [C]; where all are equal, one scalar that is made once per process. */
function perChannelConstant(tape: Tape, values: readonly number[]): Tensor {
  const [first] = values as [number];
  if (values.every((value) => value === first)) return floatConstant(first);
  return tape.adopt(backend().create(Float32Array.from(values), [values.length])).tensor;
}

const castAttributes = [attribute.type('SrcT', dataType.uint8), attribute.type('DstT', dataType.float32)];

export function disposeStatistics(statistics: StatisticsByName): void {
  for (const { mean, variance } of statistics.values()) dispose(mean, variance);
}

const uniformAttributes = [
  attribute.type('dtype', dataType.float32),
  attribute.type('T', dataType.int32),
  attribute.type('Tseed', dataType.int32),
];

/** Dropout (Srivastava et al. 2014) and stochastic depth (Huang et al. 2016, arXiv:1603.09382), where asked for. */
function dropsOf(tape: Tape, { dropout, stochasticDepth }: GradientOptions): Pick<PassOptions, 'dropout' | 'residual'> {
  let blocks = 0;
  const residual = ({ rate, seed: [a, b] }: Drops): Pass['residual'] => {
    return (x, depth) => {
      const drops = { rate: rate * depth, seed: [a + ++blocks, b] } as const; // each block has its own seed
      return drops.rate === 0 ? x : dropped(tape, materialized(tape, x), drops, [x.tensor.shape[0] as number, 1, 1, 1]);
    };
  };
  return {
    dropout: dropout && ((x) => dropped(tape, x, dropout, x.tensor.shape)),
    residual: stochasticDepth && residual(stochasticDepth),
  };
}

/**
 * x times a random mask of `maskShape`, broadcast: entries are kept with probability 1 - rate, scaled by its inverse.
 */
function dropped(tape: Tape, x: Value, { rate, seed }: Drops, maskShape: readonly number[]): Value {
  const shape = backend().create(Int32Array.from(maskShape), [maskShape.length]);
  const seeds = backend().create(Int32Array.from(seed), [2]);
  const uniform = run('StatelessRandomUniform', uniformAttributes, shape, seeds);
  const kept = run('GreaterEqual', [floatT], uniform, floatConstant(rate));
  const ones = run('Cast', [attribute.type('SrcT', 10), attribute.type('DstT', dataType.float32)], kept); // 10: bool
  const mask = run('Mul', [floatT], ones, floatConstant(1 / (1 - rate)));
  dispose(shape, seeds, uniform, kept, ones);
  return masked(tape, x, mask);
}
