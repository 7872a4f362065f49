#!/usr/bin/env bash
# On TensorFlow.js's WebAssembly backend, a 3x3 depthwise layer makes NaN 0 and a 5x5 one keeps it.
#
# Guess: NaN stays NaN through an activation, fused or not, whatever the kernel; broken weights show as NaN scores.
# Truth, for NaN weights:                     with relu   with relu6
#   the activation alone                      NaN         0
#   fused with a dense convolution            NaN         0
#   fused with a 3x3 depthwise convolution    0           0
#   fused with a 5x5 depthwise convolution    NaN         NaN
#   The plain JavaScript backend gives NaN in every case. So behind the first activated 3x3 depthwise layer, or the first
#   ReLU6, a network with NaN weights gives every picture the same finite scores: the bias of its last layer.
# Hurts: a check for NaN in a browser: MobileNetV1, V2 and most of V4 pass it with weights that are all NaN.
# Ours: `export` refuses weights that are not finite, and `--check` compares scores.
# Seen 2026-11-28: TensorFlow.js 4.22.0, Node 20.20.2.
source "$(dirname "$0")/place.bash"

node_with @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
module <<'JS'
import assert from 'node:assert';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths('node_modules/@tensorflow/tfjs-backend-wasm/dist/');
console.log('TensorFlow.js', tf.version_core);

const lost = (shape) => tf.fill(shape, Number.NaN);
const layer = (activation) => ({ x: tf.fill([1, 8, 8, 8], 0.5), strides: 1, pad: 'same', activation });
const layers = {
  'activation alone': (activation) => tf[activation](lost([8])),
  'dense 3x3': (activation) => tf.fused.conv2d({ ...layer(activation), filter: lost([3, 3, 8, 8]) }),
  'depthwise 3x3': (activation) => tf.fused.depthwiseConv2d({ ...layer(activation), filter: lost([3, 3, 8, 1]) }),
  'depthwise 5x5': (activation) => tf.fused.depthwiseConv2d({ ...layer(activation), filter: lost([5, 5, 8, 1]) }),
};

/** The scores of a network of which every layer but the last has lost its weights. */
function scores(kernel, activation) {
  const stem = tf.conv2d(tf.fill([1, 8, 8, 3], 0.5), lost([3, 3, 3, 8]), 2, 'same');
  const depthwise = { x: stem, filter: lost([kernel, kernel, 8, 1]), strides: 1, pad: 'same', activation };
  const features = tf.mean(tf.fused.depthwiseConv2d(depthwise), [1, 2]);
  return tf.fused.matMul({ a: features, b: tf.ones([8, 2]), bias: tf.tensor1d([0.25, -0.5]) });
}

/** NaN or 0, if all values are; fails otherwise. */
function common(y) {
  const values = [...y.dataSync()];
  assert.ok(values.every((value) => Object.is(value, values[0])) && !(Math.abs(values[0]) > 0));
  return values[0];
}

const found = {};
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  const both = (make) => [common(make('relu')), common(make('relu6'))];
  found[backend] = Object.fromEntries(Object.entries(layers).map(([name, make]) => [name, both(make)]));
  found[backend]['network with 3x3'] = [...scores(3, 'relu').dataSync()];
  found[backend]['network with 5x5'] = [...scores(5, 'relu').dataSync()];
}
console.log(found);
assert.ok(Object.values(found.cpu).flat().every(Number.isNaN));
assert.deepStrictEqual(found.wasm, {
  'activation alone': [Number.NaN, 0],
  'dense 3x3': [Number.NaN, 0],
  'depthwise 3x3': [0, 0],
  'depthwise 5x5': [Number.NaN, Number.NaN],
  'network with 3x3': [0.25, -0.5],
  'network with 5x5': [Number.NaN, Number.NaN],
});
JS
echo 'as found: NaN ends in 3x3 depthwise layers'
