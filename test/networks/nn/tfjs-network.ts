/** Networks written a second time, in TensorFlow.js's own ops: what `nn/` must agree with, gradients included. */

import type { Images, Model } from '#networks/nn/model';
import { type Activation, type AttentionSpec, type BlockSpec, isResidual } from '#networks/space/block';
import { inputShape } from '#networks/space/resolution';
import type { Architecture, LayerConventions } from '#networks/space/space';
import { tf } from '#test/networks/tensor/tfjs';
import { byName } from './fixtures.js';

export type TfjsWeights = Readonly<Record<string, tf.Tensor>>;

export function weightsInTfjs({ layout, weights }: Model): TfjsWeights {
  const parts = [...byName(layout, weights.values())];
  return Object.fromEntries(parts.map(([name, part]) => [name, tf.tensor(part, [...layout.specs.get(name)!.shape])]));
}

/** Pixels from -1 to 1. */
export function imagesInTfjs({ n, images }: Images, input: Architecture['input']): tf.Tensor4D {
  return tf
    .tensor4d(Float32Array.from(images), [n, ...inputShape(input)])
    .div(127.5)
    .sub(1);
}

export const activationsInTfjs: Record<Activation, (x: tf.Tensor) => tf.Tensor> = {
  relu: (x) => x.relu(),
  relu6: (x) => x.clipByValue(0, 6),
  gelu: (x) => x.mul(x.mul(Math.SQRT1_2).erf().add(1).mul(0.5)),
  hardSwish: (x) => x.mul(x.add(3).clipByValue(0, 6)).div(6),
};

type Layer = (name: string, x: tf.Tensor4D, stride?: number) => tf.Tensor4D;

/** Layers that take their weights by the names that `nn/` gives them; each convolution comes with its batch norm. */
function layersOf(weights: TfjsWeights, conventions: LayerConventions) {
  const { padding, batchNormEpsilon, layerScale } = conventions;
  const get = (name: string) => {
    const tensor = weights[name];
    if (tensor === undefined) throw new Error(`no weight is called ${name}`);
    return tensor;
  };
  const act = (x: tf.Tensor4D, activation = conventions.activation) => activationsInTfjs[activation](x) as tf.Tensor4D;
  const norm: Layer = (name, x) => {
    const centred = x.sub(x.mean([0, 1, 2], true));
    const deviation = centred.square().mean([0, 1, 2], true).add(batchNormEpsilon).sqrt();
    return centred
      .div(deviation)
      .mul(get(`${name}.gamma`))
      .add(get(`${name}.beta`));
  };
  const pad = (kernel: tf.Tensor) => (padding === 'same' ? 'same' : ((kernel.shape[0] as number) - 1) / 2);
  const conv: Layer = (name, x, stride = 1) => {
    const kernel = get(`${name}.kernel`) as tf.Tensor4D;
    return norm(`${name}.bn`, tf.conv2d(x, kernel, stride, pad(kernel)));
  };
  const depthwise: Layer = (name, x, stride = 1) => {
    const kernel = get(`${name}.kernel`) as tf.Tensor4D;
    return norm(`${name}.bn`, tf.depthwiseConv2d(x, kernel, stride, pad(kernel)));
  };
  const product: Layer = (name, x) => {
    const kernel = get(`${name}.kernel`);
    return tf.conv2d(x, kernel.reshape([1, 1, ...kernel.shape]) as tf.Tensor4D, 1, 'same');
  };
  const pointwise: Layer = (name, x) => norm(`${name}.bn`, product(name, x));
  const biased: Layer = (name, x) => product(name, x).add(get(`${name}.bias`));
  const scaled: Layer = (name, x) => (layerScale ? x.mul(get(`${name}.layerScale`)) : x);
  return { get, act, norm, conv, depthwise, product, pointwise, biased, scaled };
}

/** The block's table row of MobileNetV4, with its residual. */
export function tfjsBlock(
  name: string,
  spec: BlockSpec,
  x: tf.Tensor4D,
  weights: TfjsWeights,
  conventions: LayerConventions,
): tf.Tensor4D {
  const layers = layersOf(weights, conventions);
  const y = body(name, spec, x, layers);
  return isResidual(x.shape[3], spec) ? y.add(x) : y;
}

function body(name: string, spec: BlockSpec, x: tf.Tensor4D, layers: ReturnType<typeof layersOf>): tf.Tensor4D {
  const { act, conv, depthwise, pointwise, biased, scaled } = layers;
  const { stride } = spec;
  switch (spec.kind) {
    case 'conv':
      return act(conv(`${name}.conv${spec.kernel}`, x, stride));
    case 'fusedIb':
      return pointwise(`${name}.project`, act(conv(`${name}.expand${spec.kernel}`, x, stride)));
    case 'uib': {
      const { startKernel, midKernel } = spec;
      const started = startKernel === 0 ? x : depthwise(`${name}.start${startKernel}`, x, midKernel === 0 ? stride : 1);
      const wide = act(pointwise(`${name}.expand`, started));
      const filtered = midKernel === 0 ? wide : act(depthwise(`${name}.mid${midKernel}`, wide, stride));
      return scaled(name, pointwise(`${name}.project`, filtered));
    }
    case 'mqa':
    case 'mha':
      return attention(name, spec, x, layers);
    case 'dwSep':
      return act(pointwise(`${name}.project`, act(depthwise(`${name}.dw${spec.kernel}`, x, stride))));
    case 'invertedResidual': {
      const { kernel, expand, squeeze, activation } = spec;
      const wide = expand === 1 ? x : act(pointwise(`${name}.expand`, x), activation);
      const filtered = act(depthwise(`${name}.dw${kernel}`, wide, stride), activation);
      if (!squeeze) return pointwise(`${name}.project`, filtered);
      const reduced = biased(`${name}.squeeze.reduce`, filtered.mean([1, 2], true)).relu<tf.Tensor4D>();
      const gate = biased(`${name}.squeeze.excite`, reduced).add(3).clipByValue(0, 6).div(6);
      return pointwise(`${name}.project`, filtered.mul(gate));
    }
  }
}

/** Head by head, as the formula has it. */
function attention(
  name: string,
  { kind, heads, keyDim, valueDim, kvStride }: AttentionSpec,
  x: tf.Tensor4D,
  { norm, depthwise, product, scaled }: ReturnType<typeof layersOf>,
): tf.Tensor4D {
  const normal = norm(`${name}.norm`, x);
  const seen = (side: string) => {
    const map = kvStride === 1 ? normal : depthwise(`${name}.${side}.down3`, normal, kvStride);
    return product(`${name}.${side}`, map);
  };
  const [query, key, value] = [product(`${name}.query`, normal), seen('key'), seen('value')];
  const rows = (map: tf.Tensor4D, head: number, dim: number) => {
    const part = map.slice([0, 0, 0, head * dim], [-1, -1, -1, dim]);
    return part.reshape<tf.Tensor3D>([map.shape[0], map.shape[1] * map.shape[2], dim]);
  };
  const results = Array.from({ length: heads }, (_, head) => {
    const own = kind === 'mqa' ? 0 : head;
    const scores = tf.matMul(rows(query, head, keyDim), rows(key, own, keyDim), false, true).div(Math.sqrt(keyDim));
    return tf.matMul(scores.softmax(), rows(value, own, valueDim));
  });
  const [images, height, width] = x.shape;
  const map = tf.concat(results, 2).reshape<tf.Tensor4D>([images, height, width, heads * valueDim]);
  return scaled(name, product(`${name}.output`, map));
}

/** Logits [B, K] of images [B, H, W, C] with pixels from -1 to 1. */
export function tfjsNetwork(network: Architecture, images: tf.Tensor4D, weights: TfjsWeights): tf.Tensor2D {
  const { stages, head } = network;
  const { get, act, pointwise, biased } = layersOf(weights, network);
  let x = images;
  for (const [s, { blocks }] of stages.entries()) {
    for (const [b, spec] of blocks.entries()) x = tfjsBlock(`stages.${s}.blocks.${b}`, spec, x, weights, network);
  }
  if (head.conv !== 0) x = act(pointwise('head.conv', x));
  x = x.mean([1, 2], true);
  if (head.hidden !== 0) x = act((head.hiddenNorm ? pointwise : biased)('head.hidden', x));
  const features = x.reshape([x.shape[0], x.shape[3]]) as tf.Tensor2D;
  return tf.matMul(features, get('head.fc.kernel') as tf.Tensor2D).add(get('head.fc.bias'));
}
