/**
 * Writes a graph as TensorFlow's `GraphDef` in JSON, as TensorFlow.js reads it: channels last, weights in a separate
 * list.
 */

import { isPaddedSame, type Pads } from '#tasks/export/graph/inference-graph';
import { rewritten } from '#tasks/export/graph/rewrite';
import type { Graph, GraphConstant, GraphNode } from '#tasks/export/graph/trace-graph';

export interface TfjsNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, object>>;
}

export interface TfjsGraph {
  readonly nodes: readonly TfjsNode[];
  /** Constants by the name of their `Const` node. */
  readonly constants: ReadonlyMap<string, GraphConstant>;
}

const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
const integers = (values: readonly number[]) => ({ list: { i: values.map(String) } });
const shape = (extents: readonly number[]) => ({ shape: { dim: extents.map((extent) => ({ size: String(extent) })) } });
const float = { type: 'DT_FLOAT' };
const int = { type: 'DT_INT32' };
const T = { T: float };
const dataFormat = { data_format: text('NHWC') };

/**
 * Translates a graph to TensorFlow.js; `output` names its output.
 *
 * @param batch  fixed batch size; undefined for any
 */
export function tfjsGraph(graph: Graph, output: string, batch: number | undefined): TfjsGraph {
  const { input, nodes } = rewritten(graph, withActivation);
  const writer = new Writer({ ...graph, nodes }, output, batch ?? -1);
  writer.placeholder(input.name, input.shape);
  for (const node of nodes) {
    const rule = tfjsRules[node.op];
    if (rule === undefined) throw new Error(`${node.name}: no rule says what ${node.op} is in TensorFlow.js`);
    rule(node, writer);
  }
  return { nodes: [...writer.constantNodes(), ...writer.nodes], constants: writer.constants };
}

/** Fuses a ReLU into the convolution before it if that has a bias. */
const withActivation: Parameters<typeof rewritten>[1] = (node, seen) => {
  const before = node.op === 'Relu' || node.op === 'Relu6' ? seen.node(node.inputs[0] as string) : undefined;
  const isBiased = before?.inputs.length === 3 && before.op in fusedOps;
  if (before === undefined || !isBiased || !seen.isReadOnce(before.name)) return node;
  return { into: { ...before, attributes: { ...before.attributes, activation: node.op } } };
};

const fusedOps: Readonly<Record<string, string>> = {
  Conv2D: '_FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2dNative',
};

type Rule = (node: GraphNode, writer: Writer) => void;

/** Returns the rule of an op that keeps its name, with the attributes that it needs. */
function plain(attributes: (node: GraphNode) => TfjsNode['attr'] = () => T): Rule {
  return (node, writer) => writer.add(node, node.op, node.inputs, attributes(node));
}

/** Rules for the ops of `inference-graph.ts`; a new op needs a line here and one in `onnx-rules.ts`. */
const tfjsRules: Readonly<Record<string, Rule>> = {
  Conv2D: convolution,
  DepthwiseConv2dNative: convolution,
  FusedBatchNormV3: plain(({ attributes }) => ({
    ...T,
    ...dataFormat,
    epsilon: { f: attributes['epsilon'] },
    is_training: { b: false },
  })),
  Mean: plain(({ attributes }) => ({ ...T, Tidx: int, keep_dims: { b: attributes['keep_dims'] === true } })),
  Relu: plain(),
  Relu6: plain(),
  Erf: plain(),
  Mul: plain(),
  AddV2: plain(),
  BiasAdd: plain(() => ({ ...T, ...dataFormat })),
  Sub: plain(),
  AddN: plain(({ inputs }) => ({ ...T, N: { i: String(inputs.length) } })),
  MatMul: matMul,
  BatchMatMulV2: plain(({ attributes }) => ({
    ...T,
    adj_x: { b: attributes['adj_x'] === true },
    adj_y: { b: attributes['adj_y'] === true },
  })),
  Softmax: plain(),
  Reshape: reshape,
  Transpose: plain(() => ({ ...T, Tperm: int })),
};

/** Writes a convolution with its bias and activation as one op; padding other than `SAME` is an op before it. */
function convolution(node: GraphNode, writer: Writer): void {
  const { stride, pads, activation } = node.attributes as { stride: number; pads: Pads; activation?: string };
  const [x, kernel, bias] = node.inputs as [string, string, string?];
  const isSame = isPaddedSame(node, writer.shapeOf(x), writer.shapeOf(kernel));
  const attr = {
    ...T,
    ...dataFormat,
    strides: integers([1, stride, stride, 1]),
    dilations: integers([1, 1, 1, 1]),
    padding: text(isSame ? 'SAME' : 'VALID'),
  };
  const input = isSame || pads.every((n) => n === 0) ? x : writer.padded(node, x, pads);
  if (bias === undefined) writer.add(node, node.op, [input, kernel], attr);
  else {
    const fused = ['BiasAdd', ...(activation === undefined ? [] : [activation])];
    const fusion = {
      num_args: { i: '1' },
      fused_ops: { list: { s: fused.map((op) => text(op).s) } },
      epsilon: { f: 0 },
    };
    writer.add(node, fusedOps[node.op] as string, [input, kernel, bias], { ...attr, ...fusion });
  }
}

function matMul(node: GraphNode, writer: Writer): void {
  const [x, kernel, bias] = node.inputs as [string, string, string?];
  const attr = { ...T, transpose_a: { b: false }, transpose_b: { b: false } };
  if (bias === undefined) writer.add(node, 'MatMul', [x, kernel], attr);
  else {
    const fusion = { num_args: { i: '1' }, fused_ops: { list: { s: [text('BiasAdd').s] } }, epsilon: { f: 0 } };
    writer.add(node, '_FusedMatMul', [x, kernel, bias], { ...attr, ...fusion });
  }
}

function reshape(node: GraphNode, writer: Writer): void {
  const [x] = node.inputs as [string];
  const target = writer.numbers(`${node.name}/shape`, [writer.batch, ...node.shape.slice(1)]);
  writer.add(node, 'Reshape', [x, target], { ...T, Tshape: int });
}

class Writer {
  readonly nodes: TfjsNode[] = [];
  readonly constants = new Map<string, GraphConstant>();
  readonly batch: number;
  readonly #graph: Graph;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #output: string;

  constructor(graph: Graph, output: string, batch: number) {
    this.#graph = graph;
    this.#output = output;
    this.batch = batch;
    const shapes = [graph.input, ...graph.nodes].map(({ name, shape }) => [name, shape] as const);
    this.#shapes = new Map([...shapes, ...[...graph.constants].map(([name, { shape }]) => [name, shape] as const)]);
  }

  placeholder(name: string, [, ...map]: readonly number[]): void {
    this.nodes.push({ name, op: 'Placeholder', attr: { dtype: float, shape: shape([this.batch, ...map]) } });
  }

  add({ name }: GraphNode, op: string, inputs: readonly string[], attr: TfjsNode['attr']): void {
    for (const input of inputs) {
      const constant = this.#graph.constants.get(input);
      if (constant !== undefined) this.constants.set(input, constant);
    }
    this.nodes.push({ name: this.#called(name), op, input: inputs.map((input) => this.#called(input)), attr });
  }

  /** Adds an op that pads the maps of a value with zeros, and returns its name. */
  padded({ name }: GraphNode, x: string, [top, bottom, left, right]: Pads): string {
    const paddings = this.numbers(`${name}/paddings`, [0, 0, top, bottom, left, right, 0, 0], [4, 2]);
    const padded = `${name}/padded`;
    this.nodes.push({ name: padded, op: 'Pad', input: [this.#called(x), paddings], attr: { ...T, Tpaddings: int } });
    return padded;
  }

  numbers(name: string, values: readonly number[], extents: readonly number[] = [values.length]): string {
    this.constants.set(name, { shape: extents, values: Int32Array.from(values) });
    return name;
  }

  shapeOf(name: string): readonly number[] {
    return this.#shapes.get(name) as readonly number[];
  }

  constantNodes(): TfjsNode[] {
    return [...this.constants].map(([name, { values, shape: extents }]) => {
      const { type } = values instanceof Float32Array ? float : int;
      const value = { tensor: { dtype: type, tensorShape: shape(extents).shape } };
      return { name, op: 'Const', attr: { dtype: { type }, value } };
    });
  }

  #called(name: string): string {
    return name === this.#graph.output ? this.#output : name;
  }
}
