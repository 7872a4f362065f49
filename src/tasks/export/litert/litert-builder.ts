/** Assembles a model of TensorFlow Lite: its tensors, the buffers of constants, its operators and their codes. */
import { permuted } from '#core/permuted';
import { type TfliteTable, tensorTypes } from '#data/files/tflite-schema';
import type { Pads } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphConstant, GraphNode } from '#tasks/export/graph/trace-graph';

/**
 * The operators that we write: code (`BuiltinOperator`) and the TensorFlow that had them first for float32, in version 1
 * (tensorflow/compiler/mlir/lite/tools/versioning/op_version.cc and runtime_version.cc). A converter writes that version
 * too, so old runtimes load the file.
 */
const builtins = {
  ADD: { code: 0, since: '1.5.0' },
  AVERAGE_POOL_2D: { code: 1, since: '1.5.0' },
  CONV_2D: { code: 3, since: '1.5.0' },
  DEPTHWISE_CONV_2D: { code: 4, since: '1.5.0' },
  FULLY_CONNECTED: { code: 9, since: '1.5.0' },
  MUL: { code: 18, since: '1.5.0' },
  RELU: { code: 19, since: '1.5.0' },
  RELU6: { code: 21, since: '1.5.0' },
  RESHAPE: { code: 22, since: '1.5.0' },
  SOFTMAX: { code: 25, since: '1.5.0' },
  PAD: { code: 34, since: '1.5.0' },
  TRANSPOSE: { code: 39, since: '1.6.0' },
  HARD_SWISH: { code: 117, since: '1.15.0' },
  BATCH_MATMUL: { code: 126, since: '2.3.0' },
  GELU: { code: 150, since: '2.9.0' },
} as const;

export type Builtin = keyof typeof builtins;
export type BuiltinOptions = NonNullable<TfliteTable<'Operator'>['builtin_options']>;

const operatorVersion = 1;
const placeholderCode = 127; // in the former field of 8 bits, for codes that it cannot hold

export class LitertBuilder {
  readonly #tensors: TfliteTable<'Tensor'>[] = [];
  readonly #buffers: TfliteTable<'Buffer'>[] = [{}]; // the first one is empty, for values that ops compute
  readonly #operators: TfliteTable<'Operator'>[] = [];
  readonly #used: Builtin[] = [];
  readonly #graph: Graph;
  readonly #output: string;
  readonly #batch: number | undefined;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #indices = new Map<string, number>();

  /**
   * @param output  name of the graph's output
   * @param batch   fixed batch size; undefined for any, 1 unless the user resizes the input
   */
  constructor(graph: Graph, output: string, batch: number | undefined) {
    this.#graph = graph;
    this.#output = output;
    this.#batch = batch;
    const shapes = [graph.input, ...graph.nodes].map(({ name, shape }) => [name, shape] as const);
    this.#shapes = new Map([...shapes, ...[...graph.constants].map(([name, { shape }]) => [name, shape] as const)]);
  }

  /** Adds an operator that computes a node's value. */
  add({ name, shape }: GraphNode, op: Builtin, inputs: readonly number[], options?: BuiltinOptions): void {
    this.#operate(op, inputs, this.#computed(name, shape), options);
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

  /** Adds the graph's input, as the first tensor. */
  addInput(): void {
    this.#computed(this.#graph.input.name, this.#graph.input.shape);
  }

  /** Returns the index of the tensor of a value or constant. */
  tensor(name: string): number {
    const constant = this.#graph.constants.get(name);
    if (constant !== undefined) return this.constant(name, constant);
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`${name}: no tensor has this name`);
    return index;
  }

  /** Returns the index of a weight's tensor, its axes permuted to TensorFlow Lite's order. */
  weight(name: string, order: readonly number[]): number {
    return this.constant(name, permuted(this.#weight(name), order));
  }

  /** Returns the index of the tensor of a depthwise kernel [k, k, C, 1], as [1, k, k, C]. */
  depthwiseWeight(name: string): number {
    const { shape, values } = this.#weight(name);
    return this.constant(name, { shape: [1, ...shape.slice(0, 3)], values });
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

  /** Returns the index of a constant's tensor, which is added once. */
  constant(name: string, { shape, values }: GraphConstant): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    const type = values instanceof Float32Array ? tensorTypes.float32 : tensorTypes.int32;
    this.#buffers.push({ data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
    return this.#tensor(name, { shape, type, buffer: this.#buffers.length - 1 });
  }

  /** Returns the index of a value [B, H, W, C] padded with zeros. */
  padded(name: string, [top, bottom, left, right]: Pads): number {
    const padded = `${name}/padded_${[top, bottom, left, right].join('_')}`;
    const known = this.#indices.get(padded);
    if (known !== undefined) return known;
    const [batch, height, width, channels] = this.shapeOf(name) as [number, number, number, number];
    const output = this.#computed(padded, [batch, height + top + bottom, width + left + right, channels]);
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
      version: operatorVersion,
      builtin_code: builtins[op].code,
    }));
    return { operator_codes, buffers: this.#buffers, tensors: this.#tensors, operators: this.#operators };
  }

  /** Returns the first TensorFlow that has all operators. */
  runtimeVersion(): string {
    const versions = this.#used.map((op) => builtins[op].since);
    const minor = (version: string) => version.split('.').reduce((sum, part) => 1000 * sum + Number(part), 0);
    return versions.reduce((latest, version) => (minor(version) > minor(latest) ? version : latest), '1.5.0');
  }

  #weight(name: string): GraphConstant {
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) throw new Error(`${name}: expected a constant; got a value that depends on the image`);
    return constant;
  }

  #computed(name: string, shape: readonly number[]): number {
    const [, ...rest] = shape;
    const signature = this.#batch === undefined ? { shape_signature: this.anyBatch(shape) } : {};
    return this.#tensor(name, {
      shape: [this.#batch ?? 1, ...rest],
      type: tensorTypes.float32,
      buffer: 0,
      ...signature,
    });
  }

  #tensor(name: string, tensor: TfliteTable<'Tensor'>): number {
    this.#tensors.push({ name: name === this.#graph.output ? this.#output : name, ...tensor, has_rank: true });
    this.#indices.set(name, this.#tensors.length - 1);
    return this.#tensors.length - 1;
  }

  #operate(op: Builtin, inputs: readonly number[], output: number, options: BuiltinOptions | undefined): void {
    if (!this.#used.includes(op)) this.#used.push(op);
    const opcode_index = this.#used.indexOf(op);
    this.#operators.push({ opcode_index, inputs, outputs: [output], ...(options && { builtin_options: options }) });
  }
}
