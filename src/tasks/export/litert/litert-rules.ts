/** Translates each op of `litert-form.ts` to operators of TensorFlow Lite; a new op needs a line here. */
import { activations, paddings } from '#data/files/tflite-schema';
import { affineOf } from '#tasks/export/graph/affine';
import { isPaddedSame, type Pads } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphNode } from '#tasks/export/graph/trace-graph';
import type { Integers } from '#tasks/export/int8/quantized-graph';
import { LitertBuilder } from './litert-builder.js';

type Rule = (node: GraphNode, builder: LitertBuilder) => void;

/**
 * Translates a graph of `litert-form.ts`; `output` names its output.
 *
 * @param batch     fixed batch size; undefined for any
 * @param integers  for a model in int8
 * @returns         the builder with all operators, and the index of the output's tensor
 */
export function litertGraph(
  graph: Graph,
  output: string,
  batch: number | undefined,
  integers?: Integers,
): { readonly builder: LitertBuilder; readonly output: number } {
  const builder = new LitertBuilder(graph, output, batch, integers);
  builder.addInput();
  for (const node of graph.nodes) {
    const rule = litertRules[node.op];
    if (rule === undefined) throw new Error(`${node.name}: no rule says what ${node.op} is in TensorFlow Lite`);
    rule(node, builder);
  }
  return { builder, output: builder.addOutput() };
}

const litertRules: Readonly<Record<string, Rule>> = {
  Conv2D: (node, builder) => {
    const [x, kernel, bias] = node.inputs as [string, string, string?];
    const inputs = [builder.weight(kernel, [3, 0, 1, 2]), builder.bias(bias, channelsOf(node))];
    const { input, options } = window(node, x, kernel, builder);
    builder.add(node, 'CONV_2D', [input, ...inputs], ['Conv2DOptions', options]);
  },
  DepthwiseConv2dNative: (node, builder) => {
    const [x, kernel, bias] = node.inputs as [string, string, string?];
    const inputs = [builder.depthwiseWeight(kernel), builder.bias(bias, channelsOf(node))];
    const { input, options } = window(node, x, kernel, builder);
    const depthwise = { ...options, depth_multiplier: 1 };
    builder.add(node, 'DEPTHWISE_CONV_2D', [input, ...inputs], ['DepthwiseConv2DOptions', depthwise]);
  },
  MatMul: (node, builder) => {
    const [x, kernel, bias] = node.inputs as [string, string, string?];
    const inputs = [builder.tensor(x), builder.weight(kernel, [1, 0]), builder.bias(bias, channelsOf(node))];
    const keep_num_dims = node.shape.length > 2;
    builder.add(node, 'FULLY_CONNECTED', inputs, ['FullyConnectedOptions', { ...activation(node), keep_num_dims }]);
  },
  FusedBatchNormV3: batchNorm,
  Mean: mean,
  AddV2: sum,
  AddN: sum,
  BiasAdd: sum,
  Mul: (node, builder) => builder.add(node, 'MUL', tensors(node, builder), ['MulOptions', activation(node)]),
  Relu: (node, builder) => builder.add(node, 'RELU', tensors(node, builder)),
  Relu6: (node, builder) => builder.add(node, 'RELU6', tensors(node, builder)),
  HardSwish: (node, builder) => builder.add(node, 'HARD_SWISH', tensors(node, builder), ['HardSwishOptions', {}]),
  Gelu: (node, builder) => builder.add(node, 'GELU', tensors(node, builder), ['GeluOptions', { approximate: false }]),
  Softmax: (node, builder) => builder.add(node, 'SOFTMAX', tensors(node, builder), ['SoftmaxOptions', { beta: 1 }]),
  BatchMatMulV2: (node, builder) => {
    const { adj_x, adj_y } = node.attributes as { adj_x?: boolean; adj_y?: boolean };
    const options = { adj_x: adj_x === true, adj_y: adj_y === true };
    builder.add(node, 'BATCH_MATMUL', tensors(node, builder), ['BatchMatMulOptions', options]);
  },
  Reshape: (node, builder) => {
    const shape = builder.numbers(builder.anyBatch(node.shape));
    builder.add(node, 'RESHAPE', [builder.tensor(node.inputs[0] as string), shape], ['ReshapeOptions', {}]);
  },
  Transpose: (node, builder) => builder.add(node, 'TRANSPOSE', tensors(node, builder), ['TransposeOptions', {}]),
};

function tensors({ inputs }: GraphNode, builder: LitertBuilder): number[] {
  return inputs.map((name) => builder.tensor(name));
}

function channelsOf({ shape }: GraphNode): number {
  return shape.at(-1) as number;
}

function activation({ attributes }: GraphNode) {
  const { relu, relu6, none } = activations;
  const number = { Relu: relu, Relu6: relu6 }[attributes['activation'] as string] ?? none;
  return { fused_activation_function: number };
}

/** The input and options of a convolution: `SAME` where that is its padding, else `VALID`, with zeros added before. */
function window(node: GraphNode, x: string, kernel: string, builder: LitertBuilder) {
  const { stride, pads } = node.attributes as { stride: number; pads: Pads };
  const isSame = isPaddedSame(node, builder.shapeOf(x), builder.shapeOf(kernel));
  const input = isSame || pads.every((n) => n === 0) ? builder.tensor(x) : builder.padded(x, pads);
  const padding = isSame ? paddings.same : paddings.valid;
  return { input, options: { padding, stride_w: stride, stride_h: stride, ...activation(node) } };
}

/** Translates a sum of two values, one of which may be a constant. */
function sum(node: GraphNode, builder: LitertBuilder): void {
  if (node.inputs.length !== 2) throw new Error(`${node.name}: expected two values to add; got ${node.inputs.length}`);
  builder.add(node, 'ADD', tensors(node, builder), ['AddOptions', activation(node)]);
}

/** Translates a batch norm that is not folded into a convolution to a scale and a shift for each channel. */
function batchNorm(node: GraphNode, builder: LitertBuilder): void {
  const affine = affineOf(node, { constant: (name) => builder.constantOf(name) });
  if (affine === undefined) throw new Error(`${node.name}: expected constant statistics`);
  const [scale, shift] = [affine.scale, affine.shift].map((values, i) => {
    const constant = { shape: [values.length], values: Float32Array.from(values) };
    return builder.constant(`${node.name}/${i === 0 ? 'scale' : 'shift'}`, constant);
  }) as [number, number];
  const scaled = builder.addPart(
    node,
    'scaled',
    'MUL',
    [builder.tensor(node.inputs[0] as string), scale],
    ['MulOptions', {}],
  );
  builder.add(node, 'ADD', [scaled, shift], ['AddOptions', activation(node)]);
}

/**
 * Translates a mean over whole maps: to a pooling or, in int8, to `MEAN`, since a pooling keeps the input's scale, in
 * which means are small.
 */
function mean(node: GraphNode, builder: LitertBuilder): void {
  const [x, axes] = node.inputs as [string, string];
  const [, height, width] = builder.shapeOf(x) as [number, number, number];
  const over = [...(builder.constantOf(axes)?.values ?? [])];
  const isPooling = `${over}` === '1,2' && node.attributes['keep_dims'] === true;
  if (!isPooling)
    throw new Error(`${node.name}: expected a mean over rows and columns that keeps them; got axes ${over}`);
  if (builder.isInt8) {
    builder.add(node, 'MEAN', [builder.tensor(x), builder.numbers(over)], ['ReducerOptions', { keep_dims: true }]);
    return;
  }
  const window = { filter_width: width, filter_height: height, stride_w: 1, stride_h: 1, padding: paddings.valid };
  builder.add(node, 'AVERAGE_POOL_2D', [builder.tensor(x)], ['Pool2DOptions', window]);
}
