/**
 * Assembles an ONNX graph: values in the layout that each op needs, weights in ONNX's order, numbers as constants. In int8
 * values and weights are stored as integers, and ops compute with the reals that `DequantizeLinear` makes of them, the
 * form QDQ; a runtime fuses the three to an op on integers.
 */

import { permuted } from '#core/permuted';
import type { OnnxAttribute, OnnxNode } from '#data/files/onnx-file';
import type { Graph, GraphNode } from '#tasks/export/graph/trace-graph';
import type { Parameters } from '#tasks/export/int8/parameters';
import type { Integers } from '#tasks/export/int8/quantized-graph';
import { type OnnxConstant, OnnxConstants } from './onnx-constants.js';
import { unsigned } from './unsigned.js';

/**
 * Memory layout of a 4-D value: `channelsFirst` for images and features, as ONNX has them; `asIs` for other values,
 * such as attention's [B, heads, T, T], which keep TensorFlow's order.
 */
export type Layout = 'channelsFirst' | 'asIs';

type Attributes = Readonly<Record<string, OnnxAttribute>>;

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstants;
  readonly #graph: Graph;
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #layouts = new Map<string, Layout>();
  readonly #output: string;
  readonly #integers: Integers | undefined;
  /** Transposed values, and the reals of stored ones, which nodes make once for all their readers. */
  readonly #made = new Set<string>();

  /**
   * @param output    name of the graph's output
   * @param integers  for a model in int8, whose input and output remain float32
   */
  constructor(graph: Graph, output: string, integers?: Integers) {
    this.#graph = graph;
    this.#output = output;
    this.#integers = integers;
    this.constants = new OnnxConstants(graph, integers);
    this.#nodes = new Map(graph.nodes.map((node) => [node.name, node]));
    this.#layouts.set(graph.input.name, 'channelsFirst');
  }

  /** Adds what quantizes the graph's input; nothing in float32. */
  addInput(): void {
    const { name } = this.#graph.input;
    if (this.#integers !== undefined) this.#quantize(name, this.#called(name), this.#parametersOf(name));
  }

  /** Adds what makes reals of the graph's output; nothing in float32. */
  addOutput(): void {
    const { output } = this.#graph;
    if (this.#integers !== undefined) this.#dequantize(output, this.#output, this.#parametersOf(output));
  }

  /** Records the layout of a node's output. */
  made(node: GraphNode, layout: Layout): void {
    this.#layouts.set(node.name, layout);
  }

  /** Adds an op that computes a node's value from reals. */
  add(node: GraphNode, op: string, inputs: readonly string[], attributes: Attributes = {}): void {
    if (this.#integers === undefined) this.move(node, op, inputs, attributes);
    else this.#store(node, this.addPart(node, op, op, inputs, attributes), node.name);
  }

  /** Adds an op that computes a node's value [B, C] as [B, C, 1, 1], in int8. */
  addFlat(node: GraphNode, op: string, inputs: readonly string[]): void {
    const map = `${node.name}/map`;
    this.#store(node, this.addPart(node, op, op, inputs), map);
    this.move(node, 'Reshape', [map, this.constants.numbers([0, node.shape.at(-1) as number])]);
  }

  /** Adds a node's activation and what quantizes its value. */
  #store(node: GraphNode, computed: string, stored: string): void {
    this.#quantize(this.#activated(node, computed), stored, this.#parametersOf(node.name));
  }

  /** Adds an op that moves stored values without computing others. */
  move({ name }: GraphNode, op: string, inputs: readonly string[], attributes: Attributes = {}): void {
    this.nodes.push({ name, op, inputs, outputs: [this.#called(name)], attributes });
  }

  /** Adds an op for a part of a node and returns the name of its value. */
  addPart(
    { name }: GraphNode,
    part: string,
    op: string,
    inputs: readonly string[],
    attributes: Attributes = {},
  ): string {
    const output = `${name}/${part}`;
    this.nodes.push({ name: output, op, inputs, outputs: [output], attributes });
    return output;
  }

  /** Returns the layout of the output of an op that takes any layout: channels first if one of its inputs is. */
  layoutAmong(names: readonly string[]): Layout {
    return names.some((name) => this.#layouts.get(name) === 'channelsFirst') ? 'channelsFirst' : 'asIs';
  }

  /** Returns the name of the reals of a value that depends on the image, transposed to a layout where necessary. */
  value(name: string, layout: Layout): string {
    return this.#realOf(this.stored(name, layout), name);
  }

  /** Returns the name under which a value that depends on the image is stored, transposed to a layout where necessary. */
  stored(name: string, layout: Layout): string {
    const made = this.#layouts.get(name);
    if (made === undefined) throw new Error(`${name}: expected a value that depends on the image; got a constant`);
    const called = this.#called(name);
    if (made === layout || this.rankOf(name) !== 4) return called;
    return this.#transposed(called, layout === 'channelsFirst' ? toChannelsFirst : toChannelsLast);
  }

  /** Returns the name of a value, or of a constant that ops broadcast, in a layout. */
  operand(name: string, layout: Layout): string {
    if (!this.constants.has(name)) return this.value(name, layout);
    const constant = this.constants.get(name);
    const { shape } = constant;
    if (layout === 'asIs' || shape.length === 0) return this.#operand(name, constant);
    if (shape.length === 1) return this.#operand(name, { ...constant, shape: [...shape, 1, 1] });
    if (shape.length === 4) return this.#operand(name, permuted(constant, toChannelsFirst));
    throw new Error(`${name}: no rule says how a constant of shape [${shape}] lies channels first`);
  }

  /**
   * Returns the name of the reals of a weight, its axes permuted to ONNX's order where that differs: output channels
   * first, if the weight is in integers.
   */
  weight(name: string, order?: readonly number[]): string {
    const constant = this.constants.get(name);
    return this.#weight(name, order === undefined ? constant : permuted(constant, order));
  }

  /** Returns the name of the reals of a weight [Cin, Cout] as that of a 1x1 convolution. */
  pointwiseWeight(name: string): string {
    const { shape, values } = permuted(this.constants.get(name), [1, 0]);
    return this.#weight(name, { shape: [...shape, 1, 1], values });
  }

  #weight(name: string, constant: OnnxConstant): string {
    const called = this.constants.add(name, constant);
    const scales = this.constants.scalesOf(name);
    if (scales === undefined) return called;
    const real = `${called}/real`;
    return this.#once(real, () => {
      const scale = this.constants.add(`${called}/scales`, { shape: [scales.length], values: scales });
      this.#add('DequantizeLinear', [called, scale], real, { axis: { int: 0 } });
    });
  }

  /** Returns the name of a stored value whose elements have TensorFlow's order in memory. */
  flatOrder(name: string): string {
    const [, height, width, channels] = this.#shapeOf(name);
    const liesTheSame = this.rankOf(name) === 4 && ((height === 1 && width === 1) || channels === 1);
    return this.stored(name, liesTheSame ? (this.#layouts.get(name) as Layout) : 'asIs');
  }

  /** Returns the name of the reals of a value in TensorFlow's order, its axes permuted. */
  permuted(name: string, order: readonly number[]): string {
    return this.#realOf(this.#transposed(this.stored(name, 'asIs'), order), name);
  }

  #transposed(value: string, perm: readonly number[]): string {
    const name = `${value}/${perm.join('')}`;
    return this.#once(name, () => {
      this.nodes.push({
        name,
        op: 'Transpose',
        inputs: [value],
        outputs: [name],
        attributes: { perm: { ints: perm } },
      });
    });
  }

  rankOf(name: string): number {
    return this.#shapeOf(name).length;
  }

  #shapeOf(name: string): readonly number[] {
    const { input, constants } = this.#graph;
    const found = name === input.name ? input : (this.#nodes.get(name) ?? constants.get(name));
    return (found as { readonly shape: readonly number[] }).shape;
  }

  /** Adds the activation that is part of a node. */
  #activated(node: GraphNode, x: string): string {
    const { activation } = node.attributes;
    if (activation === 'Relu') return this.addPart(node, 'relu', 'Relu', [x]);
    return activation === 'Relu6'
      ? this.addPart(node, 'relu6', 'Clip', [x, this.constants.scalar(0), this.constants.scalar(6)])
      : x;
  }

  /** Returns the name under which a value is stored. */
  #called(name: string): string {
    if (this.#integers === undefined) return name === this.#graph.output ? this.#output : name;
    return name === this.#graph.input.name ? `${name}/integers` : name;
  }

  #quantize(real: string, stored: string, { scale, zeroPoint }: Parameters): void {
    this.#add('QuantizeLinear', [real, this.constants.scalar(scale), this.constants.zero(zeroPoint)], stored);
  }

  #dequantize(stored: string, real: string, { scale, zeroPoint }: Parameters): void {
    this.#add('DequantizeLinear', [stored, this.constants.scalar(scale), this.constants.zero(zeroPoint)], real);
  }

  #add(op: string, inputs: readonly string[], output: string, attributes: Attributes = {}): void {
    this.nodes.push({ name: `${output}/${op}`, op, inputs, outputs: [output], attributes });
  }

  #parametersOf(name: string): Parameters {
    return this.#integers?.parameters.get(name) as Parameters;
  }

  /** Returns the name of the reals of a value that is stored under a name. */
  #realOf(stored: string, value: string): string {
    if (this.#integers === undefined) return stored;
    const real = `${stored}/real`;
    return this.#once(real, () => this.#dequantize(stored, real, this.#parametersOf(value)));
  }

  /** Returns a name after what `make` adds under it is there. */
  #once(name: string, make: () => void): string {
    if (!this.#made.has(name)) make();
    this.#made.add(name);
    return name;
  }

  /** Adds a constant operand of an op that takes both operands in the same type. */
  #operand(name: string, { shape, values }: OnnxConstant): string {
    const scales = this.constants.scalesOf(name);
    if (scales === undefined) return this.constants.add(name, { shape, values });
    const [scale] = scales;
    if (scale === undefined || scales.length > 1) throw new Error(`${name}: expected one scale; got ${scales.length}`);
    const called = this.constants.add(name, { shape, values: unsigned(values as Int8Array) });
    const real = `${called}/real`;
    return this.#once(real, () => this.#dequantize(called, real, { scale, zeroPoint: 0 }));
  }
}
