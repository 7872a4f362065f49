/** Computes a graph of `litert-form.ts` op by op with this process's backend, so that each value can be seen or changed. */
import { backend, dispose, readFloats, type Tensor } from '#networks/tensor/backend';
import { alias } from '#networks/tensor/ops/arithmetic';
import { Tape } from '#networks/tensor/tape';
import type { Graph, GraphNode } from '#tasks/export/graph/trace-graph';
import { GraphConstants } from './graph-constants.js';
import { nodeValue, tensorInputs } from './node-value.js';

/** Receives a node's values, and may return others for its readers. */
export type Visit = (name: string, values: Float32Array) => Float32Array | undefined;

export class GraphValues {
  readonly #graph: Graph;
  readonly #constants: GraphConstants;
  /** For each node, the values that no later node reads. */
  readonly #lastReads: ReadonlyMap<string, readonly string[]>;

  /** The caller disposes it. */
  constructor(graph: Graph) {
    this.#graph = graph;
    this.#constants = new GraphConstants(graph);
    this.#lastReads = lastReads(graph);
  }

  /**
   * Computes the graph's output [n, ...], row by row.
   *
   * @param pixels  normalised pixels [n, H, W, C]
   * @param visit   called with each value in order, the image first
   */
  output(pixels: Float32Array, visit: Visit): Float32Array {
    const { input, nodes, output } = this.#graph;
    const [, ...image] = input.shape;
    const n = pixels.length / image.reduce((size, extent) => size * extent, 1);
    const values = new Map<string, Tensor>();
    const keep = (name: string, computed: Tensor) => values.set(name, visited(name, computed, visit));
    keep(input.name, backend().create(pixels, [n, ...image]));
    for (const node of nodes) {
      const inputs = tensorInputs(node).map((name) => values.get(name) ?? this.#constants.tensor(name));
      keep(node.name, computed(this.#graph, node, inputs, n));
      for (const name of this.#lastReads.get(node.name) ?? []) {
        dispose(values.get(name) as Tensor);
        values.delete(name);
      }
    }
    const logits = readFloats(values.get(output) as Tensor);
    dispose(...values.values());
    return logits;
  }

  dispose(): void {
    this.#constants.dispose();
  }
}

function lastReads({ nodes, constants, output }: Graph): Map<string, readonly string[]> {
  const readLater = new Set([output, ...constants.keys()]);
  const reads = new Map<string, readonly string[]>();
  for (const { name, inputs } of [...nodes].reverse()) {
    const last = [...new Set(inputs)].filter((input) => !readLater.has(input));
    for (const input of last) readLater.add(input);
    reads.set(name, last);
  }
  return reads;
}

function visited(name: string, computed: Tensor, visit: Visit): Tensor {
  const changed = visit(name, readFloats(computed));
  if (changed === undefined) return computed;
  const { shape } = computed;
  dispose(computed);
  return backend().create(changed, shape);
}

/** Computes a node for n images; the caller owns the result. */
function computed(graph: Graph, node: GraphNode, inputs: readonly Tensor[], n: number): Tensor {
  const tape = new Tape({ recording: false });
  try {
    const operands = inputs.map((tensor) => tape.leaf(tensor));
    return alias(nodeValue(tape, graph, node, operands, n).tensor);
  } finally {
    tape.dispose();
  }
}
