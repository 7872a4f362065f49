/** The shared weights of a space with their optimizer: training steps, and logits to measure quality. */

import type { NamedTensor } from '#data/files/safetensors';
import { Learner, type Update } from '#networks/nn/learner';
import { disposeStatistics, type Images, type LabelledImages, Model } from '#networks/nn/model';
import type { OptimizerSpec } from '#networks/nn/optimizer';
import type { InPlace } from '#networks/nn/weights';
import type { Space } from '#networks/space/space';
import type { PrecisionSetting } from '#networks/tensor/precision';
import { type Selection, superForward, superLayout } from './super-forward.js';

export interface SuperNetOptions {
  readonly seed: string;
  readonly optimizer: OptimizerSpec;
  /** L2 factor on the kernels in use. */
  readonly l2: number;
  /** Format of the feature maps, in training and in evaluation. */
  readonly precision?: PrecisionSetting | undefined;
}

export class SuperNet extends Learner {
  readonly space: Space;
  readonly #l2: number;
  readonly #precision: PrecisionSetting | undefined;

  constructor(space: Space, { seed, optimizer, l2, precision }: SuperNetOptions) {
    super(new Model(space, superLayout(space), seed), optimizer);
    this.space = space;
    this.#l2 = l2;
    this.#precision = precision;
  }

  /**
   * Updates the weights with the mean gradient of a step's selections, each computed on its own batch.
   *
   * @param shared  number of the step's selections over all workers, and the reducer over the workers
   * @returns       mean cross-entropy of the step in nats
   */
  trainStep(
    selections: readonly Selection[],
    batches: readonly LabelledImages[],
    step: number,
    learningRate: number,
    shared: Pick<Update, 'of' | 'reducer'> = {},
  ): Promise<number> {
    const parts = selections.map((selection, i) => (into?: InPlace) => {
      const forward = superForward(this.space, selection);
      return this.model.gradient(forward, batches[i] as LabelledImages, {
        decay: this.#l2,
        into,
        precision: this.#precision,
      });
    });
    return this.update(parts, { step, learningRate, ...shared });
  }

  /** Overwrites some weights, named as in `save`; the others and the optimizer's slots do not change. */
  warmStart(tensors: ReadonlyMap<string, NamedTensor>): void {
    this.restore(new Map([...this.save(), ...tensors]));
  }

  /** Logits of a selection, [n, K] row by row; each layer normalises with the batch's own statistics. */
  logits(selection: Selection, images: Images): Float32Array {
    return this.model.logits(superForward(this.space, selection), images, undefined, this.#precision);
  }

  /**
   * Estimates a selection's BN statistics on the batches, once, and returns the result of `use`.
   *
   * @param use  receives a function that computes logits with these statistics, valid until the result of `use` settles
   */
  async withStatistics<T>(
    selection: Selection,
    batches: Iterable<Images> | AsyncIterable<Images>,
    use: (logits: (images: Images) => Float32Array) => T | Promise<T>,
  ): Promise<T> {
    const forward = superForward(this.space, selection);
    const precision = this.#precision;
    const statistics = await this.model.estimateStatistics(forward, batches, precision);
    try {
      return await use((images) => this.model.logits(forward, images, statistics, precision));
    } finally {
      disposeStatistics(statistics);
    }
  }
}
