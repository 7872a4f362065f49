/** Which weights a network has, where each lies in one flat vector, and how it starts. */
import { randomStream } from '#core/random';
import { type Shape, sizeOf } from '#networks/tensor/backend';

/** How a weight starts, and whether weight decay pulls at it (it does at kernels, not at BN or biases). */
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

/** What starts at the same value everywhere; layer scale as in CaiT (arXiv:2103.17239). */
const constants: Partial<Record<Initializer, number>> = { one: 1, zero: 0, layerScale: 1e-5 };

/**
 * A standard deviation for each random start: he-normal (He et al. 2015, arXiv:1502.01852) before a ReLU, LeCun-normal
 * where there is none, fc as in TuNAS.
 */
function deviation({ shape, initializer }: WeightSpec): number {
  const inputs = initializer === 'heDepthwise' ? shape.slice(0, 2) : shape.slice(0, -1);
  if (initializer === 'fc') return 0.01;
  return Math.sqrt((initializer === 'lecun' ? 1 : 2) / sizeOf(inputs));
}

/** Start values of all weights; each weight has a random stream of its own, so no other weight moves it. */
export function initialWeights(layout: WeightLayout, seed: string): Float32Array {
  const values = new Float32Array(layout.size);
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
