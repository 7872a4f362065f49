/** Networks written a second time, in TensorFlow.js's own ops: what `nn/` must agree with, gradients included. */

import type { Images, Model } from '../../src/nn/model.js';
import type { BlockSpec } from '../../src/space/block.js';
import type { Activation, Architecture } from '../../src/space/space.js';
import { byName } from './fixtures.js';
import { tf } from './tfjs.js';

export type TfjsWeights = Readonly<Record<string, tf.Tensor>>;

export function weightsInTfjs({ layout, weights }: Model): TfjsWeights {
  const parts = [...byName(layout, weights.values())];
  return Object.fromEntries(parts.map(([name, part]) => [name, tf.tensor(part, [...layout.specs.get(name)!.shape])]));
}

/** Pixels from -1 to 1. */
export function imagesInTfjs({ n, images }: Images, { resolution, channels }: Architecture['input']): tf.Tensor4D {
  return tf.tensor4d(Float32Array.from(images), [n, resolution, resolution, channels]).div(127.5).sub(1);
}

type Layer = (name: string, x: tf.Tensor4D, stride?: number) => tf.Tensor4D;

/** Layers that take their weights by the names that `nn/` gives them; each convolution comes with its batch norm. */
function layersOf(weights: TfjsWeights, activation: Activation) {
  const get = (name: string) => {
    const tensor = weights[name];
    if (tensor === undefined) throw new Error(`no weight is called ${name}`);
    return tensor;
  };
  const act = (x: tf.Tensor) => (activation === 'relu' ? x.relu() : x.mul(x.mul(Math.SQRT1_2).erf().add(1).mul(0.5)));
  const normalized = (name: string, x: tf.Tensor) => {
    const centred = x.sub(x.mean([0, 1, 2], true));
    const deviation = centred.square().mean([0, 1, 2], true).add(1e-3).sqrt();
    return centred
      .div(deviation)
      .mul(get(`${name}.bn.gamma`))
      .add(get(`${name}.bn.beta`)) as tf.Tensor4D;
  };
  const conv: Layer = (name, x, stride = 1) =>
    normalized(name, tf.conv2d(x, get(`${name}.kernel`) as tf.Tensor4D, stride, 'same'));
  const depthwise: Layer = (name, x, stride = 1) =>
    normalized(name, tf.depthwiseConv2d(x, get(`${name}.kernel`) as tf.Tensor4D, stride, 'same'));
  const pointwise: Layer = (name, x) => {
    const kernel = get(`${name}.kernel`);
    return normalized(name, tf.conv2d(x, kernel.reshape([1, 1, ...kernel.shape]) as tf.Tensor4D, 1, 'same'));
  };
  return { get, act: (x: tf.Tensor4D) => act(x) as tf.Tensor4D, conv, depthwise, pointwise };
}

/** The block's table row of MobileNetV4, with its residual. */
export function tfjsBlock(name: string, spec: BlockSpec, x: tf.Tensor4D, weights: TfjsWeights, activation: Activation) {
  const { act, conv, depthwise, pointwise } = layersOf(weights, activation);
  const { stride, out } = spec;
  const body = () => {
    if (spec.kind === 'conv') return act(conv(`${name}.conv${spec.kernel}`, x, stride));
    if (spec.kind === 'fusedIb')
      return pointwise(`${name}.project`, act(conv(`${name}.expand${spec.kernel}`, x, stride)));
    const { startKernel, midKernel } = spec;
    const started = startKernel === 0 ? x : depthwise(`${name}.start${startKernel}`, x, midKernel === 0 ? stride : 1);
    const wide = act(pointwise(`${name}.expand`, started));
    const filtered = midKernel === 0 ? wide : act(depthwise(`${name}.mid${midKernel}`, wide, stride));
    return pointwise(`${name}.project`, filtered);
  };
  const y = body();
  return spec.kind !== 'conv' && stride === 1 && out === x.shape[3] ? y.add<tf.Tensor4D>(x) : y;
}

/** Logits [B, K] of images [B, H, W, C] with pixels from -1 to 1. */
export function tfjsNetwork(network: Architecture, images: tf.Tensor4D, weights: TfjsWeights): tf.Tensor2D {
  const { stages, head, activation } = network;
  const { get, act, pointwise } = layersOf(weights, activation);
  let x = images;
  for (const [s, { blocks }] of stages.entries()) {
    for (const [b, spec] of blocks.entries()) x = tfjsBlock(`stages.${s}.blocks.${b}`, spec, x, weights, activation);
  }
  if (head.conv !== 0) x = act(pointwise('head.conv', x));
  x = x.mean([1, 2], true);
  if (head.hidden !== 0) x = act(pointwise('head.hidden', x));
  const features = x.reshape([x.shape[0], x.shape[3]]) as tf.Tensor2D;
  return tf.matMul(features, get('head.fc.kernel') as tf.Tensor2D).add(get('head.fc.bias'));
}
