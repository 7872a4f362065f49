/** Assembles a model of TensorFlow Lite: its tensors, the buffers of constants, its operators and their codes. */
import { permuted } from '#core/permuted';
import { type TfliteTable, tensorTypes } from '#data/files/tflite-schema';
import type { Pads } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphConstant, GraphNode } from '#tasks/export/graph/trace-graph';
import type { Parameters } from '#tasks/export/int8/parameters';
import type { Integers } from '#tasks/export/int8/quantized-graph';
import { type Builtin, builtins } from './builtins.js';

export type BuiltinOptions = NonNullable<TfliteTable<'Operator'>['builtin_options']>;

/** A constant with its axes in TensorFlow Lite's order. */
interface LitertConstant {
  readonly shape: readonly number[];
  readonly values: GraphConstant['values'] | Int8Array;
}

const placeholderCode = 127; // in the former field of 8 bits, for codes that it cannot hold

export class LitertBuilder {
  readonly #tensors: TfliteTable<'Tensor'>[] = [];
  readonly #buffers: TfliteTable<'Buffer'>[] = [{}]; // the first one is empty, for values that ops compute
  readonly #operators: TfliteTable<'Operator'>[] = [];
  readonly #used: Builtin[] = [];
  readonly #graph: Graph;
  readonly #output: string;
  readonly #batch: number | undefined;
  readonly #integers: Integers | undefined;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #indices = new Map<string, number>();

  /**
   * @param output  name of the graph's output
   * @param batch   fixed batch size; undefined for any, 1 unless the user resizes the input
   * @param integers  for a model in int8, whose input and output remain float32
   */
  constructor(graph: Graph, output: string, batch: number | undefined, integers?: Integers) {
    this.#graph = graph;
    this.#output = output;
    this.#batch = batch;
    this.#integers = integers;
    const shapes = [graph.input, ...graph.nodes].map(({ name, shape }) => [name, shape] as const);
    this.#shapes = new Map([...shapes, ...[...graph.constants].map(([name, { shape }]) => [name, shape] as const)]);
  }

  /** Adds an operator that computes a node's value. */
  add({ name, shape }: GraphNode, op: Builtin, inputs: readonly number[], options?: BuiltinOptions): void {
    this.#operate(op, inputs, this.#computed(name, shape, this.#parametersOf(name)), options);
  }

  /** Adds an operator for a part of a node, and returns the index of its value, which has the node's shape. */
  addPart(
    { name, shape }: GraphNode,
    part: string,
    op: Builtin,
    inputs: readonly number[],
    options?: BuiltinOptions,
  ): number {
    const output = this.#computed(`${name}/${part}`, shape);
    this.#operate(op, inputs, output, options);
    return output;
  }

  /** Adds the graph's input, as the first tensor, and in int8 the operator that quantizes it. */
  addInput(): void {
    const { name, shape } = this.#graph.input;
    const input = this.#computed(name, shape);
    const parameters = this.#parametersOf(name);
    if (parameters === undefined) return;
    const integers = this.#computed(`${name}/int8`, shape, parameters);
    this.#operate('QUANTIZE', [input], integers, ['QuantizeOptions', {}]);
    this.#indices.set(name, integers);
  }

  /** Returns the index of the graph's output in float32, after all operators are added. */
  addOutput(): number {
    const { output } = this.#graph;
    const computed = this.tensor(output);
    if (this.#parametersOf(output) === undefined) return computed;
    const real = this.#computed(this.#output, this.shapeOf(output));
    this.#operate('DEQUANTIZE', [computed], real, ['DequantizeOptions', {}]);
    return real;
  }

  /** Returns the index of the tensor of a value or constant. */
  tensor(name: string): number {
    if (this.#graph.constants.has(name)) return this.constant(name, this.#weight(name));
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`${name}: no tensor has this name`);
    return index;
  }

  /** Returns the index of a weight's tensor, its axes permuted to TensorFlow Lite's order. */
  weight(name: string, order: readonly number[]): number {
    return this.constant(name, permuted(this.#weight(name), order), order.indexOf(order.length - 1));
  }

  /** Returns the index of the tensor of a depthwise kernel [k, k, C, 1], as [1, k, k, C]. */
  depthwiseWeight(name: string): number {
    const { shape, values } = this.#weight(name);
    return this.constant(name, { shape: [1, ...shape.slice(0, 3)], values }, 3);
  }

  /** Returns the index of a bias, of zeros if there is none, as converters write it. */
  bias(name: string | undefined, channels: number): number {
    return name === undefined
      ? this.constant(`zeros_${channels}`, { shape: [channels], values: new Float32Array(channels) })
      : this.tensor(name);
  }

  /** Returns the index of an int32 tensor. */
  numbers(values: readonly number[], shape: readonly number[] = [values.length]): number {
    return this.constant(`numbers_${values.join('_')}`, { shape, values: Int32Array.from(values) });
  }

  /**
   * Returns the index of a constant's tensor, which is added once.
   *
   * @param axis  the axis of the output channels, for integers with a scale for each
   */
  constant(name: string, { shape, values }: LitertConstant, axis = 0): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    this.#buffers.push({ data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
    const scales = this.#integers?.constants.get(name)?.scales;
    const quantization = scales && { quantization: { ...quantizationOf(scales), quantized_dimension: axis } };
    return this.#tensor(name, { shape, type: typeOf(values), buffer: this.#buffers.length - 1, ...quantization });
  }

  /** Returns the index of a value [B, H, W, C] padded with zeros. */
  padded(name: string, [top, bottom, left, right]: Pads): number {
    const padded = `${name}/padded_${[top, bottom, left, right].join('_')}`;
    const known = this.#indices.get(padded);
    if (known !== undefined) return known;
    const [batch, height, width, channels] = this.shapeOf(name) as [number, number, number, number];
    const shape = [batch, height + top + bottom, width + left + right, channels];
    const output = this.#computed(padded, shape, this.#parametersOf(name));
    const around = this.numbers([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
    this.#operate('PAD', [this.tensor(name), around], output, ['PadOptions', {}]);
    return output;
  }

  /** Returns a shape for the batch of the model, -1 for any. */
  anyBatch([, ...rest]: readonly number[]): number[] {
    return [this.#batch ?? -1, ...rest];
  }

  shapeOf(name: string): readonly number[] {
    return this.#shapes.get(name) as readonly number[];
  }

  constantOf(name: string): GraphConstant | undefined {
    return this.#graph.constants.get(name);
  }

  /** Returns the model's tables. */
  parts(): Required<Pick<TfliteTable<'Model'>, 'operator_codes' | 'buffers'>> &
    Required<Pick<TfliteTable<'SubGraph'>, 'tensors' | 'operators'>> {
    const operator_codes = this.#used.map((op) => ({
      deprecated_builtin_code: Math.min(builtins[op].code, placeholderCode),
      version: builtins[op][this.#type].version,
      builtin_code: builtins[op].code,
    }));
    return { operator_codes, buffers: this.#buffers, tensors: this.#tensors, operators: this.#operators };
  }

  /** Returns the first TensorFlow that has all operators. */
  runtimeVersion(): string {
    const versions = this.#used.map((op) => builtins[op][this.#type].since);
    const minor = (version: string) => version.split('.').reduce((sum, part) => 1000 * sum + Number(part), 0);
    return versions.reduce((latest, version) => (minor(version) > minor(latest) ? version : latest), '1.5.0');
  }

  get isInt8(): boolean {
    return this.#integers !== undefined;
  }

  get #type(): 'float32' | 'int8' {
    return this.isInt8 ? 'int8' : 'float32';
  }

  #parametersOf(name: string): Parameters | undefined {
    return this.#integers?.parameters.get(name);
  }

  #weight(name: string): LitertConstant {
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) throw new Error(`${name}: expected a constant; got a value that depends on the image`);
    return { ...constant, ...this.#integers?.constants.get(name) };
  }

  #computed(name: string, shape: readonly number[], parameters?: Parameters): number {
    const [, ...rest] = shape;
    const signature = this.#batch === undefined ? { shape_signature: this.anyBatch(shape) } : {};
    return this.#tensor(name, {
      shape: [this.#batch ?? 1, ...rest],
      type: parameters === undefined ? tensorTypes.float32 : tensorTypes.int8,
      buffer: 0,
      ...(parameters && { quantization: quantizationOf([parameters.scale], parameters.zeroPoint) }),
      ...signature,
    });
  }

  #tensor(name: string, tensor: TfliteTable<'Tensor'>): number {
    const isOutput = name === this.#graph.output && this.#integers === undefined;
    this.#tensors.push({ name: isOutput ? this.#output : name, ...tensor, has_rank: true });
    this.#indices.set(name, this.#tensors.length - 1);
    return this.#tensors.length - 1;
  }

  #operate(op: Builtin, inputs: readonly number[], output: number, options: BuiltinOptions | undefined): void {
    if (!this.#used.includes(op)) this.#used.push(op);
    const opcode_index = this.#used.indexOf(op);
    this.#operators.push({ opcode_index, inputs, outputs: [output], ...(options && { builtin_options: options }) });
  }
}

function typeOf(values: LitertConstant['values']): number {
  if (values instanceof Float32Array) return tensorTypes.float32;
  return values instanceof Int8Array ? tensorTypes.int8 : tensorTypes.int32;
}

function quantizationOf(scales: ArrayLike<number>, zeroPoint = 0): TfliteTable<'QuantizationParameters'> {
  const scale = Array.from(scales);
  return { scale, zero_point: scale.map(() => zeroPoint) };
}
