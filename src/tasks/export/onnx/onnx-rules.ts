/** Translates each of TensorFlow's ops, and those of `litert-form.ts`, to ONNX; a new op needs a line here. */

import type { OnnxAttribute } from '#data/files/onnx-file';
import type { Pads } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphNode } from '#tasks/export/graph/trace-graph';
import type { Integers } from '#tasks/export/int8/quantized-graph';
import { type Layout, OnnxBuilder } from './onnx-builder.js';

/** Adds the translation of a node to ONNX and returns the layout of its output. */
type Rule = (node: GraphNode, builder: OnnxBuilder) => Layout;

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/**
 * Translates a graph to ONNX nodes and initializers; `output` names its output.
 *
 * @param integers  for a model in int8
 */
export function onnxGraph(graph: Graph, output: string, integers?: Integers): Pick<OnnxBuilder, 'nodes' | 'constants'> {
  const builder = new OnnxBuilder(graph, output, integers);
  builder.addInput();
  for (const node of graph.nodes) {
    const rule = onnxRules[node.op];
    if (rule === undefined) throw new Error(`${node.name}: no rule says what ${node.op} is in ONNX`);
    builder.made(node, rule(node, builder));
  }
  builder.addOutput();
  return builder;
}

/** Returns the rule of a convolution; `order` permutes its kernel to [Cout, Cin per group, k, k]. */
function convolution(order: readonly number[], groups?: (node: GraphNode) => number): Rule {
  return (node, builder) => {
    const [x, kernel, ...bias] = node.inputs as [string, string, ...string[]];
    const weights = [builder.weight(kernel, order), ...bias.map((name) => builder.weight(name))];
    const group = groups === undefined ? {} : { group: { int: groups(node) } };
    builder.add(node, 'Conv', [builder.value(x, 'channelsFirst'), ...weights], { ...windows(node), ...group });
    return 'channelsFirst';
  };
}

const windows = ({ attributes }: GraphNode): Attributes => {
  const { stride, pads } = attributes as { stride: number; pads: Pads };
  const [top, bottom, left, right] = pads;
  return { strides: { ints: [stride, stride] }, pads: { ints: [top, left, bottom, right] } };
};

/** Returns the rule of an element-wise op that broadcasts constants; it keeps the layout. */
function byElement(op: string, more: readonly number[] = []): Rule {
  return (node, builder) => {
    const layout = builder.layoutAmong(node.inputs);
    const inputs = node.inputs.map((name) => builder.operand(name, layout));
    builder.add(node, op, [...inputs, ...more.map((value) => builder.constants.scalar(value))]);
    return layout;
  };
}

/** Returns the rule of an op that takes its inputs in TensorFlow's layout. */
function asIs(op: string, attributes: Attributes = {}): Rule {
  return (node, builder) => {
    builder.add(
      node,
      op,
      node.inputs.map((name) => builder.operand(name, 'asIs')),
      attributes,
    );
    return 'asIs';
  };
}

const onnxRules: Readonly<Record<string, Rule>> = {
  Conv2D: convolution([3, 2, 0, 1]),
  DepthwiseConv2dNative: convolution([2, 3, 0, 1], ({ shape }) => shape[3] as number),
  FusedBatchNormV3: batchNorm,
  Mean: mean,
  Relu: byElement('Relu'),
  Relu6: byElement('Clip', [0, 6]),
  Erf: byElement('Erf'),
  Mul: byElement('Mul'),
  AddV2: byElement('Add'),
  BiasAdd: byElement('Add'),
  Sub: byElement('Sub'),
  AddN: (node, builder) => byElement(node.inputs.length === 2 ? 'Add' : 'Sum')(node, builder),
  MatMul: matMul,
  BatchMatMulV2: batchMatMul,
  HardSwish: byElement('HardSwish'),
  Gelu: gelu,
  Softmax: asIs('Softmax', { axis: { int: -1 } }),
  Reshape: reshape,
  Transpose: transpose,
};

function batchNorm(node: GraphNode, builder: OnnxBuilder): Layout {
  const [x, ...parameters] = node.inputs as [string, ...string[]];
  const inputs = [builder.value(x, 'channelsFirst'), ...parameters.map((name) => builder.weight(name))];
  builder.add(node, 'BatchNormalization', inputs, { epsilon: { float: node.attributes['epsilon'] as number } });
  return 'channelsFirst';
}

/** Translates a mean: over whole maps with axes kept to a pooling, else to a mean over the same axes. */
function mean(node: GraphNode, builder: OnnxBuilder): Layout {
  const [x, axes] = node.inputs as [string, string];
  const over = builder.constants.numbersOf(axes);
  const keeps = node.attributes['keep_dims'] === true;
  const isPooling = builder.rankOf(x) === 4 && `${over}` === '1,2';
  if (isPooling && keeps) {
    builder.add(node, 'GlobalAveragePool', [builder.value(x, 'channelsFirst')]);
    return 'channelsFirst';
  }
  const attributes = { axes: { ints: isPooling ? [2, 3] : over }, keepdims: { int: Number(keeps) } };
  builder.add(node, 'ReduceMean', [builder.value(x, isPooling ? 'channelsFirst' : 'asIs')], attributes);
  return 'asIs';
}

/**
 * Translates a product of rows by weights; of maps of one pixel to a convolution, since ONNX Runtime computes that in
 * integers and a `Gemm` not.
 */
function matMul(node: GraphNode, builder: OnnxBuilder): Layout {
  const [x, kernel, ...bias] = node.inputs as [string, string, ...string[]];
  if (builder.rankOf(x) !== 4) return asIs(bias.length > 0 ? 'Gemm' : 'MatMul')(node, builder);
  const weights = [builder.pointwiseWeight(kernel), ...bias.map((name) => builder.weight(name))];
  builder.addFlat(node, 'Conv', [builder.value(x, 'channelsFirst'), ...weights]);
  return 'asIs';
}

/** Translates GELU to the ops that runtimes recognise: x * (1 + erf(x / sqrt 2)) * 0.5. */
function gelu(node: GraphNode, builder: OnnxBuilder): Layout {
  const [name] = node.inputs as [string];
  const layout = builder.layoutAmong([name]);
  const x = builder.value(name, layout);
  const share = builder.addPart(node, 'share', 'Div', [x, builder.constants.scalar(Math.SQRT2)]);
  const error = builder.addPart(node, 'error', 'Erf', [share]);
  const moved = builder.addPart(node, 'moved', 'Add', [error, builder.constants.scalar(1)]);
  builder.add(node, 'Mul', [builder.addPart(node, 'twice', 'Mul', [x, moved]), builder.constants.scalar(0.5)]);
  return layout;
}

/** Translates a product; since ONNX cannot transpose an operand, its last two axes are swapped before. */
function batchMatMul(node: GraphNode, builder: OnnxBuilder): Layout {
  const swapped = (name: string, is: unknown) => {
    if (is !== true) return builder.operand(name, 'asIs');
    const rank = builder.rankOf(name);
    const axes = Array.from({ length: rank }, (_, i) => i);
    return builder.permuted(name, [...axes.slice(0, -2), rank - 1, rank - 2]);
  };
  const [a, b] = node.inputs as [string, string];
  builder.add(node, 'MatMul', [swapped(a, node.attributes['adj_x']), swapped(b, node.attributes['adj_y'])]);
  return 'asIs';
}

/**
 * Translates a reshape that keeps the batch, whose extent ONNX's 0 copies. A map of one pixel is the same in both
 * layouts.
 */
function reshape(node: GraphNode, builder: OnnxBuilder): Layout {
  const [x] = node.inputs as [string];
  const shape = builder.constants.numbers([0, ...node.shape.slice(1)]);
  builder.move(node, 'Reshape', [builder.flatOrder(x), shape]);
  return 'asIs';
}

function transpose(node: GraphNode, builder: OnnxBuilder): Layout {
  const [x, order] = node.inputs as [string, string];
  const perm = builder.constants.numbersOf(order);
  if (perm[0] !== 0) throw new Error(`${node.name}: moves the batch to another axis`);
  builder.move(node, 'Transpose', [builder.stored(x, 'asIs')], { perm: { ints: perm } });
  return 'asIs';
}
