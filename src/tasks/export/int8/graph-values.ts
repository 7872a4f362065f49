/** Computes a graph of `litert-form.ts` op by op with this process's backend, so that each value can be seen or changed. */
import { attribute, backend, dispose, floatT, readFloats, run, sizeOf, type Tensor } from '#networks/tensor/backend';
import { activated } from '#networks/tensor/ops/activation';
import { alias, biasAdd, globalAveragePool } from '#networks/tensor/ops/arithmetic';
import { conv2d, depthwise } from '#networks/tensor/ops/convolution';
import { padded } from '#networks/tensor/ops/pad';
import { inShape, pointwise } from '#networks/tensor/ops/pointwise';
import { softmax } from '#networks/tensor/ops/softmax-cross-entropy';
import { transposed } from '#networks/tensor/ops/transpose';
import { Tape, type Value } from '#networks/tensor/tape';
import { isPaddedSame, type Pads } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphNode } from '#tasks/export/graph/trace-graph';

/** Receives a node's values, and may return others for its readers. */
export type Visit = (name: string, values: Float32Array) => Float32Array | undefined;

export class GraphValues {
  readonly #graph: Graph;
  readonly #constants = new Map<string, Tensor>();
  /** For each node, the values that no later node reads. */
  readonly #lastReads: ReadonlyMap<string, readonly string[]>;

  /** The caller disposes it. */
  constructor(graph: Graph) {
    this.#graph = graph;
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
      const inputs = node.inputs.map((name) => values.get(name) ?? this.#constant(name));
      keep(node.name, computed(node, inputs, n));
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
    dispose(...this.#constants.values());
  }

  #constant(name: string): Tensor {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) throw new Error(`nothing in the graph gives ${name}`);
    const tensor = backend().create(constant.values, constant.shape);
    this.#constants.set(name, tensor);
    return tensor;
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
function computed(node: GraphNode, inputs: readonly Tensor[], n: number): Tensor {
  const rule = rules[node.op];
  if (rule === undefined) throw new Error(`${node.name}: no rule says how ${node.op} is computed`);
  const tape = new Tape({ recording: false });
  try {
    const operands = inputs.map((tensor) => tape.leaf(tensor)) as [Value, Value, Value?];
    const result = rule(tape, operands, node, [n, ...node.shape.slice(1)]);
    const activation = activations[node.attributes['activation'] as string];
    return alias((activation === undefined ? result : activated(tape, result, activation)).tensor);
  } finally {
    tape.dispose();
  }
}

const plain = [floatT];
const activations: Readonly<Record<string, 'relu' | 'relu6'>> = { Relu: 'relu', Relu6: 'relu6' };

type Rule = (tape: Tape, inputs: readonly [Value, Value, Value?], node: GraphNode, shape: readonly number[]) => Value;

const rules: Readonly<Record<string, Rule>> = {
  Conv2D: convolution,
  DepthwiseConv2dNative: convolution,
  MatMul: (tape, [x, kernel, bias], _, shape) => {
    const [rows] = kernel.tensor.shape as [number];
    const flat = inShape(tape, x, [sizeOf(x.tensor.shape) / rows, rows]);
    return inShape(tape, biased(tape, pointwise(tape, flat, kernel), bias), shape);
  },
  Mean: (tape, [x]) => globalAveragePool(tape, x),
  AddV2: sum,
  AddN: sum,
  BiasAdd: sum,
  Mul: (tape, [a, b]) => tape.op([], run('Mul', plain, a.tensor, b.tensor), () => []),
  Relu: (tape, [x]) => activated(tape, x, 'relu'),
  Relu6: (tape, [x]) => activated(tape, x, 'relu6'),
  HardSwish: (tape, [x]) => activated(tape, x, 'hardSwish'),
  Gelu: (tape, [x]) => activated(tape, x, 'gelu'),
  Softmax: (tape, [x]) => tape.op([], softmax(x.tensor), () => []),
  BatchMatMulV2: (tape, [a, b], { attributes }) => {
    const flags = ['adj_x', 'adj_y'].map((name) => attribute.bool(name, attributes[name] === true));
    return tape.op([], run('BatchMatMulV2', [floatT, ...flags], a.tensor, b.tensor), () => []);
  },
  Reshape: (tape, [x], _, shape) => inShape(tape, x, shape),
  Transpose: (tape, [x, order]) => transposed(tape, x, [...backend().read(order.tensor)]),
};

/** A 1x1 convolution is a product of rows, as in `networks/nn`: the public op for it corrupts the heap. */
function convolution(tape: Tape, [x, kernel, bias]: readonly [Value, Value, Value?], node: GraphNode): Value {
  const { stride, pads } = node.attributes as { stride: number; pads: Pads };
  const [height, width, ...channels] = kernel.tensor.shape as [number, number, number, number];
  const isDense = node.op === 'Conv2D';
  if (isDense && height * width * stride === 1)
    return biased(tape, pointwise(tape, x, inShape(tape, kernel, channels)), bias);
  const convolve = isDense ? conv2d : depthwise;
  if (isPaddedSame(node, x.tensor.shape, kernel.tensor.shape))
    return biased(tape, convolve(tape, x, kernel, stride, 'same'), bias);
  const [margin] = pads;
  if (pads.some((zeros) => zeros !== margin)) throw new Error(`${node.name}: expected equal padding; got ${pads}`);
  return biased(tape, convolve(tape, padded(tape, x, margin), kernel, stride, 'valid'), bias);
}

function sum(tape: Tape, [a, b]: readonly [Value, Value, Value?]): Value {
  return tape.op([], run('AddV2', plain, a.tensor, b.tensor), () => []);
}

function biased(tape: Tape, x: Value, bias: Value | undefined): Value {
  return bias === undefined ? x : biasAdd(tape, x, bias);
}
