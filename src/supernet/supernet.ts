/** The shared weights of a space with their optimizer: one step of training, one measure of quality. */
import { backend, dispose, floatConstant, floatT, run, type Tensor } from '../nn/backend.js';
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
   * One weight update with the mean gradient of the selections, each on a batch of its own.
   *
   * @param average  makes the gradient the mean over all workers: taken over, the result is the caller's
   * @returns        mean cross-entropy in nats
   */
  trainStep(
    selections: readonly Selection[],
    batches: readonly LabelledImages[],
    step: number,
    learningRate: number,
    average: (gradient: Tensor) => Tensor = (gradient) => gradient,
  ): number {
    let loss = 0;
    let sum: Tensor | undefined;
    for (const [i, selection] of selections.entries()) {
      const forward = superForward(this.space, selection);
      const part = this.model.gradient(forward, batches[i] as LabelledImages, { decay: this.#l2 });
      loss += part.loss / selections.length;
      sum = sum === undefined ? part.gradient : combined('AddV2', sum, part.gradient);
    }
    if (sum === undefined) throw new Error('a step needs a selection');
    const share = selections.length === 1 ? sum : scaled(sum, 1 / selections.length);
    const mean = average(share);
    this.optimizer.apply(this.model.weights, mean, learningRate, step);
    dispose(mean);
    return loss;
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

function scaled(tensor: Tensor, factor: number): Tensor {
  const result = run('Mul', [floatT], tensor, floatConstant(factor));
  dispose(tensor);
  return result;
}
