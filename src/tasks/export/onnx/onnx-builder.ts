/** Assembles an ONNX graph: values in the layout that each op needs, weights in ONNX's order, numbers as constants. */

import { permuted } from '#core/permuted';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from '#data/files/onnx-file';
import type { Graph, GraphConstant, GraphNode } from '#tasks/export/graph/trace-graph';

/**
 * Memory layout of a 4-D value: `channelsFirst` for images and features, as ONNX has them; `asIs` for other values,
 * such as attention's [B, heads, T, T], which keep TensorFlow's order.
 */
export type Layout = 'channelsFirst' | 'asIs';

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  readonly #graph: Graph;
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #layouts = new Map<string, Layout>();
  /** Transposed values and the value that each was made from. */
  readonly #turned = new Map<string, string>();
  readonly #output: string;

  /** @param output  name of the graph's output */
  constructor(graph: Graph, output: string) {
    this.#graph = graph;
    this.#output = output;
    this.#nodes = new Map(graph.nodes.map((node) => [node.name, node]));
    this.#layouts.set(graph.input.name, 'channelsFirst');
  }

  /** Records the layout of a node's output. */
  made(node: GraphNode, layout: Layout): void {
    this.#layouts.set(node.name, layout);
  }

  add(node: GraphNode, op: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): void {
    this.nodes.push({ name: node.name, op, inputs, outputs: [this.#called(node.name)], attributes });
  }

  /** Returns the layout of the output of an op that takes any layout: channels first if one of its inputs is. */
  layoutAmong(names: readonly string[]): Layout {
    return names.some((name) => this.#layouts.get(name) === 'channelsFirst') ? 'channelsFirst' : 'asIs';
  }

  /** Returns the name of a value that depends on the image, transposed to a layout where necessary. */
  value(name: string, layout: Layout): string {
    const made = this.#layouts.get(name);
    if (made === undefined) throw new Error(`${name}: expected a value that depends on the image; got a constant`);
    const called = this.#called(name);
    if (made === layout || this.rankOf(name) !== 4) return called;
    return this.transposed(called, layout === 'channelsFirst' ? toChannelsFirst : toChannelsLast);
  }

  /** Returns the name of a value, or of a constant that ops broadcast, in a layout. */
  operand(name: string, layout: Layout): string {
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) return this.value(name, layout);
    const { shape } = constant;
    if (layout === 'asIs' || shape.length === 0) return this.#initializer(name, constant);
    if (shape.length === 1) return this.#initializer(name, { ...constant, shape: [...shape, 1, 1] });
    if (shape.length === 4) return this.#initializer(name, permuted(constant, toChannelsFirst));
    throw new Error(`${name}: no rule says how a constant of shape [${shape}] lies channels first`);
  }

  /** Returns the name of a weight, its axes permuted to ONNX's order where that differs. */
  weight(name: string, order?: readonly number[]): string {
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) throw new Error(`${name}: expected a constant; got a value that depends on the image`);
    return this.#initializer(name, order === undefined ? constant : permuted(constant, order));
  }

  /** Returns the name of a value whose elements have TensorFlow's order in memory. */
  flatOrder(name: string): string {
    const [, height, width, channels] = this.#shapeOf(name);
    const liesTheSame = this.rankOf(name) === 4 && ((height === 1 && width === 1) || channels === 1);
    return this.value(name, liesTheSame ? (this.#layouts.get(name) as Layout) : 'asIs');
  }

  transposed(value: string, perm: readonly number[]): string {
    const name = `${value}/${perm.join('')}`;
    if (!this.#turned.has(name)) {
      this.#turned.set(name, value);
      this.nodes.push({
        name,
        op: 'Transpose',
        inputs: [value],
        outputs: [name],
        attributes: { perm: { ints: perm } },
      });
    }
    return name;
  }

  scalar(value: number): string {
    return this.#initializer(`number_${value}`, { shape: [], values: Float32Array.of(value) });
  }

  /** Adds a list of int64 and returns its name. */
  numbers(values: readonly number[]): string {
    const name = `numbers_${values.join('_')}`;
    this.initializers.set(name, { shape: [values.length], values: BigInt64Array.from(values.map(BigInt)) });
    return name;
  }

  integers(name: string): number[] {
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) throw new Error(`${name}: expected constant numbers; got a value`);
    return [...constant.values];
  }

  rankOf(name: string): number {
    return this.#shapeOf(name).length;
  }

  #shapeOf(name: string): readonly number[] {
    const { input, constants } = this.#graph;
    const found = name === input.name ? input : (this.#nodes.get(name) ?? constants.get(name));
    return (found as { readonly shape: readonly number[] }).shape;
  }

  #called(name: string): string {
    return name === this.#graph.output ? this.#output : name;
  }

  #initializer(name: string, { shape, values }: GraphConstant): string {
    if (!(values instanceof Float32Array)) throw new Error(`${name}: expected float32; got integers`);
    const known = this.initializers.get(name);
    const isOther = known !== undefined && `${known.shape}` !== `${shape}`;
    const own = isOther ? `${name}/${shape.join('x')}` : name;
    this.initializers.set(own, { shape, values });
    return own;
  }
}
