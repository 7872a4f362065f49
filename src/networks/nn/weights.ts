/** The weights of one forward pass, which are parts of one flat vector, and their gradients as such a vector. */
import {
  attribute,
  backend,
  dataType,
  dispose,
  floatConstant,
  floatT,
  intConstant,
  run,
  type Shape,
  sizeOf,
  type Tensor,
  zeros,
} from '#networks/tensor/backend';
import { hasCustomOps, runCustom } from '#networks/tensor/custom-ops';
import { alias } from '#networks/tensor/ops/arithmetic';
import { reshape } from '#networks/tensor/ops/pointwise';
import type { Tape, Value } from '#networks/tensor/tape';
import type { FlatVariable } from './flat-variable.js';
import { isDecayed, type WeightLayout, type WeightSpec } from './weight-layout.js';

const sliceAttributes = [floatT, attribute.type('Index', dataType.int32)];
const padAttributes = [floatT, attribute.type('Tpaddings', dataType.int32)];
const plain = [floatT];

/** A gradient of all weights that our kernels write in place; they add to the tensor's values or overwrite them. */
export interface InPlace {
  readonly tensor: Tensor;
  readonly adds: boolean;
}

type PlacedSpec = WeightSpec & { readonly offset: number };

/** The weights of one forward pass: values for those that it requests, and all gradients as one flat vector. */
export class WeightReading {
  readonly #tape: Tape;
  readonly #variable: FlatVariable;
  readonly #layout: WeightLayout;
  readonly #flat: Tensor;
  readonly #decay: number;
  /** Gradients by weight name: with our kernels of the part that the pass used, else of the whole, decay included. */
  readonly #gradients = new Map<string, { readonly gradient: Tensor; readonly place: readonly number[] }>();

  /** @param decay  L2 factor: its term of the loss is decay / 2 times the sum of squares of the kernels in use */
  constructor(tape: Tape, variable: FlatVariable, layout: WeightLayout, decay: number) {
    this.#tape = tape;
    this.#variable = variable;
    this.#layout = layout;
    this.#flat = tape.adopt(variable.read()).tensor;
    this.#decay = decay;
  }

  /**
   * The weight of that name or, for a smaller shape, its first entries along every axis. Each is requested once a pass.
   */
  weight(name: string, shape: Shape): Value {
    const spec = this.#layout.specs.get(name);
    if (spec === undefined) throw new Error(`no weight is called ${name}`);
    return hasCustomOps() ? this.#ownWeight(spec, shape) : this.#plainWeight(spec, shape);
  }

  #ownWeight(spec: PlacedSpec, shape: Shape): Value {
    const place = [spec.offset, shape.length, ...spec.shape, ...shape];
    const [used] = runCustom('Slice', [attribute.int('place', place)], [this.#flat], 1);
    return this.#tape.parameter(used, (gradient) => {
      this.#gradients.set(spec.name, { gradient: alias(gradient), place: [Number(isDecayed(spec)), ...place] });
    });
  }

  #plainWeight(spec: PlacedSpec, shape: Shape): Value {
    const size = sizeOf(spec.shape);
    const part = run('Slice', sliceAttributes, this.#flat, intConstant([spec.offset]), intConstant([size]));
    const whole = replaced(part, reshape(part, spec.shape));
    const isWhole = size === sizeOf(shape);
    const begin = shape.map(() => 0);
    const used = isWhole
      ? whole
      : replaced(whole, run('Slice', sliceAttributes, whole, intConstant(begin), intConstant(shape)));
    return this.#tape.parameter(used, (gradient) => {
      const decayed = isDecayed(spec) && this.#decay > 0 ? this.#plusDecay(gradient, used) : alias(gradient);
      const padded = isWhole
        ? decayed
        : replaced(decayed, run('Pad', padAttributes, decayed, padding(shape, spec.shape)));
      this.#gradients.set(spec.name, { gradient: replaced(padded, reshape(padded, [size])), place: [] });
    });
  }

  /** gradient + decay * weight */
  #plusDecay(gradient: Tensor, weight: Tensor): Tensor {
    const pull = run('Mul', plain, weight, floatConstant(this.#decay));
    return replaced(pull, run('AddV2', plain, gradient, pull));
  }

  /**
   * The gradient of all weights after `backward`, zero for weights that the pass did not use. The caller owns it.
   *
   * @param into  tensor that our kernels write or add to, and that is then the result; TensorFlow's ops ignore it
   */
  flatGradient(into?: InPlace): Tensor {
    const given = [...this.#gradients.values()].map(({ gradient }) => gradient);
    const flat = hasCustomOps() ? this.#ownGradient(given, into) : this.#plainGradient();
    dispose(...given);
    this.#gradients.clear();
    return flat;
  }

  #ownGradient(given: readonly Tensor[], into: InPlace | undefined): Tensor {
    const { size } = this.#layout;
    const { tensor, adds } = into ?? { tensor: backend().create(new Float32Array(size), [size]), adds: false };
    const attributes = [
      attribute.int('N', given.length),
      attribute.float('factor', this.#decay),
      attribute.int('adds', Number(adds)),
    ];
    const numbers = Int32Array.from([...this.#gradients.values()].flatMap(({ place }) => place));
    const places = backend().create(numbers, [numbers.length]);
    const weights = this.#variable.read();
    runCustom('Flatten', attributes, [tensor, weights, places, ...given], 0);
    dispose(weights, places);
    return tensor;
  }

  #plainGradient(): Tensor {
    const parts = [...this.#layout.specs.values()].map(({ name, shape }) => {
      return this.#gradients.get(name)?.gradient ?? zeros([sizeOf(shape)]); // one constant per weight size, not per gap
    });
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? alias(only) : concatenated(parts);
  }
}

/** Frees `before`, from which `after` was made, and returns `after`. */
function replaced(before: Tensor, after: Tensor): Tensor {
  dispose(before);
  return after;
}

function padding(shape: Shape, full: Shape): Tensor {
  const paddings = full.flatMap((extent, axis) => [0, extent - (shape[axis] as number)]);
  return intConstant(paddings, [full.length, 2]);
}

function concatenated(parts: readonly Tensor[]): Tensor {
  const attributes = [attribute.int('N', parts.length), floatT, attribute.type('Tidx', dataType.int32)];
  return run('ConcatV2', attributes, ...parts, intConstant([0], []));
}
