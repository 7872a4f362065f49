/**
 * The TensorFlow ops that the tensor layer runs by name, written in ops of TensorFlow.js. Inputs, outputs and
 * attributes are those of TensorFlow's op of that name. One differs: `StatelessRandomUniform` draws from our own
 * generator, so that its numbers depend on shape and seed alone but are not TensorFlow's.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import { randomStream } from '#core/random';
import { dataType } from '#networks/tensor/tensor';
import type { Attributes, OpTable, Tf, TfTensor } from './cpu-op.js';
import { variableOps } from './cpu-variables.js';

/** All ops by name. */
export function cpuOps(tf: Tf): OpTable {
  return {
    ...products(tf),
    ...normalization(tf),
    ...pointByPoint(tf),
    ...reductions(tf),
    ...shapes(tf),
    ...variableOps(tf),
  };
}

/** Runs kernels of TensorFlow.js by name, including those without a public function. */
function kernelsOf(tf: Tf) {
  return (name: string, inputs: tfjs.NamedTensorMap, attributes: tfjs.NamedAttrMap) =>
    tf.engine().runKernel(name, inputs, attributes) as TfTensor;
}

function products(tf: Tf): OpTable {
  const kernel = kernelsOf(tf);
  return {
    BatchMatMulV2: (given, a, b) => tf.matMul(a, b, given.read('adj_x', false), given.read('adj_y', false)),
    MatMul: (given, a, b) => tf.matMul(a, b, given.read('transpose_a', false), given.read('transpose_b', false)),
    Conv2D(given, x, filter) {
      const { strides, pad } = windows(given);
      return tf.conv2d(x as tfjs.Tensor4D, filter as tfjs.Tensor4D, strides, pad);
    },
    Conv2DBackpropInput: (given, shape, filter, dy) =>
      kernel('Conv2DBackpropInput', { dy, filter }, { ...windows(given), inputShape: integers(shape) }),
    Conv2DBackpropFilter: (given, x, shape, dy) =>
      kernel('Conv2DBackpropFilter', { x, dy }, { ...windows(given), filterShape: integers(shape) }),
    DepthwiseConv2dNative(given, x, filter) {
      const { strides, pad } = windows(given);
      return tf.depthwiseConv2d(x as tfjs.Tensor4D, filter as tfjs.Tensor4D, strides, pad);
    },
    DepthwiseConv2dNativeBackpropInput: (given, shape, filter, dy) =>
      kernel('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...windows(given), inputShape: integers(shape) }),
    DepthwiseConv2dNativeBackpropFilter: (given, x, shape, dy) =>
      kernel('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...windows(given), filterShape: integers(shape) }),
  };
}

/** Strides and padding of a convolution over [B, H, W, C], in TensorFlow.js's terms. */
function windows(given: Attributes) {
  const [, height, width] = given.read<[number, number, number, number]>('strides');
  const strides: [number, number] = [height, width];
  const pad = given.read<string>('padding').toLowerCase() as 'same' | 'valid';
  return { strides, pad, dataFormat: 'NHWC', dilations: [1, 1] };
}

function normalization(tf: Tf): OpTable {
  const kernel = kernelsOf(tf);
  const maps = [0, 1, 2];
  return {
    /** Outputs: y, mean, variance, both again for the backward pass, and one that only GPUs use. */
    FusedBatchNormV3(given, x, scale, offset, givenMean, givenVariance) {
      const varianceEpsilon = given.read('epsilon', 1e-4);
      const isTraining = given.read('is_training', true);
      const { mean, variance } = isTraining ? tf.moments(x, maps) : { mean: givenMean, variance: givenVariance };
      const y = kernel('FusedBatchNorm', { x, scale, offset, mean, variance }, { varianceEpsilon });
      const n = x.size / mean.size;
      const unbiased = tf.mul(variance, isTraining ? n / Math.max(1, n - 1) : 1); // Bessel's correction, as in TensorFlow
      return [y, mean.clone(), unbiased, mean.clone(), variance.clone(), tf.zeros([0])];
    },
    /** Outputs: gradients of x, gamma and beta, and two unused ones. */
    FusedBatchNormGradV3(given, dy, x, gamma, mean, variance) {
      if (!given.read('is_training', true)) throw new Error('frozen statistics have no gradient here');
      const scale = tf.rsqrt(tf.add(variance, given.read('epsilon', 1e-4)));
      const normal = tf.mul(tf.sub(x, mean), scale);
      const pull = tf.mul(dy, normal);
      const centred = tf.sub(tf.sub(dy, tf.mean(dy, maps)), tf.mul(normal, tf.mean(pull, maps)));
      const dx = tf.mul(centred, tf.mul(scale, gamma));
      return [dx, tf.sum(pull, maps), tf.sum(dy, maps), tf.zeros([0]), tf.zeros([0])];
    },
    Softmax: (_, logits) => tf.softmax(logits),
    /** Outputs: the loss of each row and its gradient with respect to the logits. */
    SoftmaxCrossEntropyWithLogits(_, logits, targets) {
      const logProbabilities = tf.logSoftmax(logits);
      return [tf.neg(tf.sum(tf.mul(targets, logProbabilities), -1)), tf.sub(tf.exp(logProbabilities), targets)];
    },
  };
}

function pointByPoint(tf: Tf): OpTable {
  return {
    AddV2: (_, a, b) => tf.add(a, b),
    AddN: (_, ...terms) => tf.addN(terms),
    Mul: (_, a, b) => tf.mul(a, b),
    BiasAdd: (_, x, bias) => tf.add(x, bias),
    Sub: (_, a, b) => tf.sub(a, b),
    Relu: (_, x) => tf.relu(x),
    Relu6: (_, x) => tf.relu6(x),
    Relu6Grad: (_, dy, x) => tf.mul(dy, tf.logicalAnd(tf.greater(x, 0), tf.less(x, 6))),
    ReluGrad: (_, dy, y) => tf.mul(dy, tf.step(y)),
    Erf: (_, x) => tf.erf(x),
    Square: (_, x) => tf.square(x),
    Exp: (_, x) => tf.exp(x),
    GreaterEqual: (_, a, b) => tf.greaterEqual(a, b),
    Cast(given, x) {
      const to = given.read<number>('DstT');
      if (to !== dataType.float32) throw new Error(`casts to float32 only; got type ${to}`);
      return tf.cast(x, 'float32');
    },
    StatelessRandomUniform(_, shape, seed) {
      const random = randomStream(`uniform/${integers(seed).join('/')}`);
      const extents = integers(shape);
      const values = Float32Array.from({ length: tf.util.sizeFromShape(extents) }, () => random.uniform());
      return tf.tensor(values, extents);
    },
  };
}

function reductions(tf: Tf): OpTable {
  return {
    Mean: (given, x, axes) => tf.mean(x, integers(axes), given.read('keep_dims', false)),
    Sum: (given, x, axes) => tf.sum(x, integers(axes), given.read('keep_dims', false)),
    BiasAddGrad: (_, dy) => tf.sum(tf.reshape(dy, [-1, dy.shape.at(-1) as number]), 0),
  };
}

function shapes(tf: Tf): OpTable {
  return {
    Identity: (_, x) => tf.clone(x),
    Reshape: (_, x, shape) => tf.reshape(x, integers(shape)),
    Transpose: (_, x, order) => tf.transpose(x, integers(order)),
    BroadcastTo: (_, x, shape) => tf.broadcastTo(x, integers(shape)),
    Slice: (_, x, begin, size) => tf.slice(x, integers(begin), integers(size)),
    Pad: (_, x, paddings) => tf.pad(x, paddings.arraySync() as [number, number][]),
    ConcatV2(_, ...inputs) {
      const [axis] = integers(inputs.at(-1) as TfTensor);
      return tf.concat(inputs.slice(0, -1), axis);
    },
  };
}

function integers(tensor: TfTensor): number[] {
  return [...tensor.dataSync()];
}
