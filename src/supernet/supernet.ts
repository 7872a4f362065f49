/** The shared weights of a space with their optimizer: one step of training, one measure of quality. */
import { backend, dispose, floatConstant, floatT, readFloats, run, type Tensor } from '../nn/backend.js';
import { disposeStatistics, type Images, type LabelledImages, Model } from '../nn/model.js';
import { type NamedTensor, namedTensors, restoreTensors } from '../nn/named-tensors.js';
import { createOptimizer, type Optimizer, type OptimizerSpec } from '../nn/optimizer.js';
import type { Space } from '../space/space.js';
import { type Selection, superForward, superLayout } from './super-forward.js';

export interface SuperNetOptions {
  readonly seed: string;
  readonly optimizer: OptimizerSpec;
  /** L2 factor on the kernels in use. */
  readonly l2: number;
}

/** Replaces values by their element-wise sum over the workers of a run. */
export type Sum = (values: Float32Array | Float64Array) => Promise<void>;

/** Owns the weights and the optimizer's slots; `dispose` frees them. */
export class SuperNet {
  readonly space: Space;
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly #l2: number;

  constructor(space: Space, { seed, optimizer, l2 }: SuperNetOptions) {
    this.space = space;
    this.model = new Model(space, superLayout(space), seed);
    this.optimizer = createOptimizer(optimizer, this.model.layout);
    this.#l2 = l2;
  }

  /**
   * One weight update with the mean gradient of a step's selections, each on a batch of its own. The gradients are summed
   * in the order of the selections and scaled at the end.
   *
   * @param of   how many selections the step has over all workers; these are the worker's own, at least one
   * @param sum  replaces values by their sum over the workers; absent where this is the only one
   * @returns    mean cross-entropy of the step in nats
   */
  async trainStep(
    selections: readonly Selection[],
    batches: readonly LabelledImages[],
    step: number,
    learningRate: number,
    { of = selections.length, sum }: { readonly of?: number; readonly sum?: Sum | undefined } = {},
  ): Promise<number> {
    let loss = 0;
    let total: Tensor | undefined;
    for (const [i, selection] of selections.entries()) {
      const forward = superForward(this.space, selection);
      const part = this.model.gradient(forward, batches[i] as LabelledImages, { decay: this.#l2 });
      loss += part.loss / of;
      total = total === undefined ? part.gradient : combined('AddV2', total, part.gradient);
    }
    if (total === undefined) throw new Error('a step needs a selection for every worker');
    const losses = Float64Array.of(loss);
    if (sum !== undefined) {
      total = await summed(total, sum);
      await sum(losses);
    }
    const mean = of === 1 ? total : scaled(total, 1 / of);
    this.optimizer.apply(this.model.weights, mean, learningRate, step);
    dispose(mean);
    return losses[0] as number;
  }

  /** Logits of a selection, [n, K] row by row; each layer normalises with the batch's own statistics. */
  logits(selection: Selection, images: Images): Float32Array {
    return this.model.logits(superForward(this.space, selection), images);
  }

  /**
   * What gives logits of a selection whose layers normalise with statistics estimated on the batches, once.
   *
   * @param use  is given that function, which is good until `use` returns
   */
  withStatistics<T>(
    selection: Selection,
    batches: Iterable<Images>,
    use: (logits: (images: Images) => Float32Array) => T,
  ): T {
    const forward = superForward(this.space, selection);
    const statistics = this.model.estimateStatistics(forward, batches);
    try {
      return use((images) => this.model.logits(forward, images, statistics));
    } finally {
      disposeStatistics(statistics);
    }
  }

  /** Tensors of this process that TensorFlow holds, whoever made them. */
  tensorsAlive(): number {
    return backend().tensorsAlive();
  }

  /** Weights and optimizer slots by name, for a checkpoint. */
  save(): Map<string, NamedTensor> {
    return namedTensors(this.model.layout, this.#vectors());
  }

  restore(tensors: ReadonlyMap<string, NamedTensor>): void {
    restoreTensors(this.model.layout, this.#vectors(), tensors);
  }

  /** The weights as they stand, to compare them with others. */
  weightBytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.model.weights.values();
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** Takes the weights and slots over that `broadcast` puts in place of its own: worker 0's. */
  async adopt(broadcast: (values: Float32Array) => Promise<void>): Promise<void> {
    for (const variable of this.#vectors().values()) {
      const values = variable.values();
      await broadcast(values);
      variable.write(values);
    }
  }

  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
  }

  #vectors() {
    return new Map([['weights', this.model.weights], ...this.optimizer.slots]);
  }
}

function combined(op: string, a: Tensor, b: Tensor): Tensor {
  const result = run(op, [floatT], a, b);
  dispose(a, b);
  return result;
}

/** The sum over the workers; takes the tensor over. */
async function summed(tensor: Tensor, sum: Sum): Promise<Tensor> {
  const values = readFloats(tensor);
  const { shape } = tensor;
  dispose(tensor);
  await sum(values);
  return backend().create(values, shape);
}

function scaled(tensor: Tensor, factor: number): Tensor {
  const result = run('Mul', [floatT], tensor, floatConstant(factor));
  dispose(tensor);
  return result;
}
