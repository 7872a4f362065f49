/**
 * A small interpreter of LiteRT models by TensorFlow.js's ops, so that tests need no Python: reads the file back and
 * computes operator by operator what `schema.fbs` and the kernels of TensorFlow Lite say of each.
 */
import { type TfliteTable, tfliteSchema } from '#data/files/tflite-schema';
import { decoded } from '#test/data/files/decoded';
import { tf } from '#test/networks/tensor/tfjs';

type Tensor = tf.Tensor;
type Options = Readonly<Record<string, number | boolean | undefined>>;
type Kernel = (inputs: readonly Tensor[], options: Options) => Tensor;

export function readModel(bytes: Uint8Array): TfliteTable<'Model'> {
  return decoded(tfliteSchema, 'Model', bytes);
}

/** Computes the output for an input of the model's shape, whose batch may be any if the model says so. */
export function interpreted(model: TfliteTable<'Model'>, pixels: Float32Array, shape: readonly number[]): Float32Array {
  const { tensors = [], operators = [], inputs = [], outputs = [] } = model.subgraphs![0]!;
  return tf.tidy(() => {
    const values = tensors.map((tensor) => constantOf(tensor, model.buffers!));
    values[inputs[0]!] = tf.tensor(pixels, [...shape]);
    for (const { opcode_index = 0, inputs: from = [], outputs: to = [], builtin_options: options } of operators) {
      const kernel = kernels[model.operator_codes![opcode_index]!.builtin_code ?? 0]!;
      const result = kernel(
        from.map((index) => values[index]!),
        (options?.[1] ?? {}) as Options,
      );
      const declared = tensors[to[0]!]!;
      expectShape(declared.name!, result.shape.slice(1), declared.shape!.slice(1));
      values[to[0]!] = result;
    }
    return values[outputs[0]!]!.dataSync<'float32'>().slice();
  });
}

function expectShape(name: string, found: readonly number[], declared: readonly number[]): void {
  if (`${found}` !== `${declared}`)
    throw new Error(`${name}: computed [${found}] for each image; declared [${declared}]`);
}

function constantOf({ shape, type = 0, buffer = 0 }: TfliteTable<'Tensor'>, buffers: readonly TfliteTable<'Buffer'>[]) {
  const { data } = buffers[buffer]!;
  if (data === undefined) return undefined;
  const bytes = new Uint8Array(data).buffer;
  return type === 0
    ? tf.tensor(new Float32Array(bytes), [...shape!])
    : tf.tensor(new Int32Array(bytes), [...shape!], 'int32');
}

const paddings = ['same', 'valid'] as const;

function activated(x: Tensor, { fused_activation_function: activation = 0 }: Options): Tensor {
  if (activation === 0) return x;
  return activation === 1 ? tf.relu(x) : tf.relu6(x);
}

function windowOf({ stride_h, stride_w, padding = 0 }: Options) {
  return [[stride_h, stride_w] as [number, number], paddings[padding as 0 | 1]] as const;
}

/** Kernels by code, the numbers of `BuiltinOperator`. */
const kernels: Readonly<Record<number, Kernel>> = {
  0: ([a, b], options) => activated(tf.add(a!, b!), options),
  1: ([x], options) => {
    const size = [options['filter_height'], options['filter_width']] as [number, number];
    return tf.avgPool(x as tf.Tensor4D, size, ...windowOf(options));
  },
  3: ([x, kernel, bias], options) => {
    const weights = tf.transpose(kernel!, [1, 2, 3, 0]) as tf.Tensor4D; // [Cout, k, k, Cin]
    return activated(tf.add(tf.conv2d(x as tf.Tensor4D, weights, ...windowOf(options)), bias!), options);
  },
  4: ([x, kernel, bias], options) => {
    const weights = tf.expandDims(tf.squeeze(kernel!, [0]), 3) as tf.Tensor4D; // [1, k, k, C]
    return activated(tf.add(tf.depthwiseConv2d(x as tf.Tensor4D, weights, ...windowOf(options)), bias!), options);
  },
  9: ([x, kernel, bias], options) => {
    const rows = tf.reshape(x!, [-1, kernel!.shape[1]!]) as tf.Tensor2D; // flattens maps
    return activated(tf.add(tf.matMul(rows, kernel as tf.Tensor2D, false, true), bias!), options);
  },
  18: ([a, b], options) => activated(tf.mul(a!, b!), options),
  19: ([x]) => tf.relu(x!),
  21: ([x]) => tf.relu6(x!),
  22: ([x, shape]) => tf.reshape(x!, [...shape!.dataSync()]),
  25: ([x], { beta }) => tf.softmax(tf.mul(x!, beta as number)),
  34: ([x, around]) => tf.pad(x!, around!.arraySync() as [number, number][]),
  39: ([x, order]) => tf.transpose(x!, [...order!.dataSync()]),
  117: ([x]) => tf.div(tf.mul(x!, tf.relu6(tf.add(x!, 3))), 6),
  126: ([a, b], { adj_x, adj_y }) => tf.matMul(a!, b!, adj_x === true, adj_y === true),
  150: ([x]) => tf.mul(x!, tf.div(tf.add(1, tf.erf(tf.div(x!, Math.SQRT2))), 2)),
};
