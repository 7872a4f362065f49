/** The value of a node of a `litert-form.ts` graph, with its gradient. */
import { backend, sizeOf } from '#networks/tensor/backend';
import { activated } from '#networks/tensor/ops/activation';
import { biasAdd, globalAveragePool, product, sum } from '#networks/tensor/ops/arithmetic';
import { matrixProducts, softmaxed } from '#networks/tensor/ops/attention';
import { conv2d, depthwise } from '#networks/tensor/ops/convolution';
import { padded } from '#networks/tensor/ops/pad';
import { inShape, pointwise } from '#networks/tensor/ops/pointwise';
import { transposed } from '#networks/tensor/ops/transpose';
import type { Tape, Value } from '#networks/tensor/tape';
import { isPaddedSame, type Pads } from '#tasks/export/graph/inference-graph';
import type { GraphNode } from '#tasks/export/graph/trace-graph';

type Operands = readonly [Value, Value, Value?];

/** Computes a node from its inputs, for n images. */
export function nodeValue(tape: Tape, node: GraphNode, inputs: Operands, n: number): Value {
  const rule = rules[node.op];
  if (rule === undefined) throw new Error(`${node.name}: no rule says how ${node.op} is computed`);
  const result = rule(tape, inputs, node, [n, ...node.shape.slice(1)]);
  const activation = activations[node.attributes['activation'] as string];
  return activation === undefined ? result : activated(tape, result, activation);
}

const activations: Readonly<Record<string, 'relu' | 'relu6'>> = { Relu: 'relu', Relu6: 'relu6' };

type Rule = (tape: Tape, inputs: Operands, node: GraphNode, shape: readonly number[]) => Value;

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
  Transpose: (tape, [x, order]) => transposed(tape, x, [...backend().read(order.tensor)]),
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
