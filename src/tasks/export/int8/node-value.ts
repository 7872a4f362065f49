/** The value of a node of a `litert-form.ts` graph, with its gradient. */
import { sizeOf } from '#networks/tensor/backend';
import { activated } from '#networks/tensor/ops/activation';
import { biasAdd, globalAveragePool, product, sum } from '#networks/tensor/ops/arithmetic';
import { matrixProducts, softmaxed } from '#networks/tensor/ops/attention';
import { conv2d, depthwise } from '#networks/tensor/ops/convolution';
import { padded } from '#networks/tensor/ops/pad';
import { inShape, pointwise } from '#networks/tensor/ops/pointwise';
import { transposed } from '#networks/tensor/ops/transpose';
import type { Tape, Value } from '#networks/tensor/tape';
import { isPaddedSame, type Pads } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphConstant, GraphNode } from '#tasks/export/graph/trace-graph';

type Operands = readonly [Value, Value, Value?];

/** Returns true for a node that moves values without computing others: in int8 its result has its input's parameters. */
export function movesValues({ op }: GraphNode): boolean {
  return op === 'Reshape' || op === 'Transpose';
}

/** Returns the inputs that are tensors: those of ops that move values are their first one alone. */
export function tensorInputs(node: GraphNode): readonly string[] {
  return movesValues(node) ? node.inputs.slice(0, 1) : node.inputs;
}

/**
 * Computes a node for n images.
 *
 * @param inputs  the values of `tensorInputs`
 */
export function nodeValue(tape: Tape, graph: Graph, node: GraphNode, inputs: readonly Value[], n: number): Value {
  const rule = rules[node.op];
  if (rule === undefined) throw new Error(`${node.name}: no rule says how ${node.op} is computed`);
  const result = rule(tape, inputs as Operands, node, [n, ...node.shape.slice(1)], graph);
  const activation = activations[node.attributes['activation'] as string];
  return activation === undefined ? result : activated(tape, result, activation);
}

const activations: Readonly<Record<string, 'relu' | 'relu6'>> = { Relu: 'relu', Relu6: 'relu6' };

type Rule = (tape: Tape, inputs: Operands, node: GraphNode, shape: readonly number[], graph: Graph) => Value;

const rules: Readonly<Record<string, Rule>> = {
  Conv2D: convolution,
  DepthwiseConv2dNative: convolution,
  MatMul: (tape, [x, kernel, bias], _, shape) => {
    const [rows] = kernel.tensor.shape as [number];
    const flat = inShape(tape, x, [sizeOf(x.tensor.shape) / rows, rows]);
    return inShape(tape, biased(tape, pointwise(tape, flat, kernel), bias), shape);
  },
  Mean: (tape, [x]) => globalAveragePool(tape, x),
  AddV2: (tape, [a, b]) => sum(tape, a, b),
  AddN: (tape, [a, b]) => sum(tape, a, b),
  BiasAdd: (tape, [x, bias]) => biasAdd(tape, x, bias),
  Mul: (tape, [a, b]) => product(tape, a, b),
  Relu: (tape, [x]) => activated(tape, x, 'relu'),
  Relu6: (tape, [x]) => activated(tape, x, 'relu6'),
  HardSwish: (tape, [x]) => activated(tape, x, 'hardSwish'),
  Gelu: (tape, [x]) => activated(tape, x, 'gelu'),
  Softmax: (tape, [x]) => softmaxed(tape, x),
  BatchMatMulV2: (tape, [a, b], { name, attributes }) => {
    if (attributes['adj_x'] === true) throw new Error(`${name}: no rule says how a product with adj_x is computed`);
    return matrixProducts(tape, a, b, attributes['adj_y'] === true);
  },
  Reshape: (tape, [x], _, shape) => inShape(tape, x, shape),
  Transpose: (tape, [x], { inputs: [, order] }, _, { constants }) =>
    transposed(tape, x, [...(constants.get(order as string) as GraphConstant).values]),
};

/** A 1x1 convolution is a product of rows, as in `networks/nn`: the public op for it corrupts the heap. */
function convolution(tape: Tape, [x, kernel, bias]: Operands, node: GraphNode): Value {
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

function biased(tape: Tape, x: Value, bias: Value | undefined): Value {
  return bias === undefined ? x : biasAdd(tape, x, bias);
}
