/** Layout of a network's weights in one flat vector, and their initial values. */
import { randomStream } from '#core/random';
import { type Shape, sizeOf } from '#networks/tensor/backend';

/** Initial values of a weight. They also decide on weight decay: kernels decay; BN, biases and layer scale do not. */
export type Initializer = 'he' | 'heDepthwise' | 'lecun' | 'fc' | 'one' | 'zero' | 'layerScale';

export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
}

/** Where each weight lies in the flat vector, in floats. */
export interface WeightLayout {
  readonly specs: ReadonlyMap<string, WeightSpec & { readonly offset: number }>;
  readonly size: number;
}

export function layoutOf(specs: Iterable<WeightSpec>): WeightLayout {
  let size = 0;
  const placed = new Map<string, WeightSpec & { offset: number }>();
  for (const spec of specs) {
    placed.set(spec.name, { ...spec, offset: size });
    size += sizeOf(spec.shape);
  }
  return { specs: placed, size };
}

export function isDecayed({ initializer }: Pick<WeightSpec, 'initializer'>): boolean {
  return constants[initializer] === undefined;
}

/** Initial values of constant initializers; layer scale as in CaiT (arXiv:2103.17239). */
const constants: Partial<Record<Initializer, number>> = { one: 1, zero: 0, layerScale: 1e-5 };

/**
 * Standard deviation of a random initial weight: He-normal (He et al. 2015, arXiv:1502.01852) before a ReLU,
 * LeCun-normal elsewhere, fc as in TuNAS.
 */
function deviation({ shape, initializer }: WeightSpec): number {
  const inputs = initializer === 'heDepthwise' ? shape.slice(0, 2) : shape.slice(0, -1);
  if (initializer === 'fc') return 0.01;
  return Math.sqrt((initializer === 'lecun' ? 1 : 2) / sizeOf(inputs));
}

/**
 * Initial values of all weights; each weight has its own random stream, so that it does not depend on the others.
 *
 * @param values  memory to write them to
 */
export function initialWeights(
  layout: WeightLayout,
  seed: string,
  values: Float32Array = new Float32Array(layout.size),
): Float32Array {
  for (const spec of layout.specs.values()) {
    const count = sizeOf(spec.shape);
    const constant = constants[spec.initializer];
    if (constant !== undefined) {
      values.fill(constant, spec.offset, spec.offset + count);
      continue;
    }
    const sigma = deviation(spec);
    const random = randomStream(`${seed}/weights/${spec.name}`);
    for (let i = 0; i < count; i++) values[spec.offset + i] = sigma * random.normal();
  }
  return values;
}
