/** The constants of a graph as tensors, each made when it is first read; the owner disposes them. */
import { backend, dispose, type Tensor } from '#networks/tensor/backend';
import type { Graph } from '#tasks/export/graph/trace-graph';

export class GraphConstants {
  readonly #constants: Graph['constants'];
  readonly #tensors = new Map<string, Tensor>();

  constructor({ constants }: Graph) {
    this.#constants = constants;
  }

  tensor(name: string): Tensor {
    const known = this.#tensors.get(name);
    if (known !== undefined) return known;
    const constant = this.#constants.get(name);
    if (constant === undefined) throw new Error(`nothing in the graph gives ${name}`);
    const tensor = backend().create(constant.values, constant.shape);
    this.#tensors.set(name, tensor);
    return tensor;
  }

  dispose(): void {
    dispose(...this.#tensors.values());
    this.#tensors.clear();
  }
}
