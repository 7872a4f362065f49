#!/usr/bin/env bash
# Max pooling of NaN: four implementations, four answers, among them -3.4e38 and a number that is not the largest.
#
# Guess: the largest of values with a NaN is NaN, as max, reduce_max and torch's pooling have it; or NaN is passed over.
# Truth:
#   TensorFlow     passes NaN over; a window of NaN alone gives -3.4028235e38 (reduce_max of it gives NaN)
#   ONNX Runtime   keeps NaN where it is the window's last value: one NaN pixel is 72 NaN behind a ResNet's stem, 8 pooled
#   tfjs, plain    passes NaN over
#   tfjs, wasm     gives -Infinity for [NaN, 1, -1, -2], and 2 for [2, 3, NaN, NaN]
# Hurts: a check for NaN behind a teacher with max pooling (ResNet's stem) finds none, or finds it for some positions of the
#   picture; -3.4e38 overflows in the next convolution and comes out as infinity far from its cause.
# Ours: has no max pooling; a teacher's scores must be finite.
# Seen 2026-11-28: tensorflow-cpu 2.21.0, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.2, TensorFlow.js 4.22.0, x86-64.
source "$(dirname "$0")/place.bash"

python_with tensorflow-cpu==2.21.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.2
python <<'PY'
import numpy as np
import onnxruntime
import tensorflow as tf
from onnx import TensorProto, helper, numpy_helper

print('tensorflow', tf.__version__, 'onnxruntime', onnxruntime.__version__)
windows = tf.constant([[np.nan, 1, -1, -2], [np.nan] * 4], tf.float32, [2, 2, 2, 1])
found = tf.nn.max_pool2d(windows, 2, 2, 'VALID').numpy().ravel().tolist()
print('  TensorFlow of [NaN, 1, -1, -2] and of NaN alone', found)
assert found == [1, np.finfo(np.float32).min] and np.isnan(tf.reduce_max(windows[0]).numpy())

def run(nodes, x, **constants):
    graph = helper.make_graph(
        nodes, 'pool',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['N', 'C', 'H', 'W'])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 20)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider'])
    return session.run(None, {'x': x})[0]

random = np.random.default_rng(0)
picture = random.normal(size=(1, 3, 64, 64)).astype(np.float32)
picture[0, 0, 30, 30] = np.nan
kernel = random.normal(size=(8, 3, 7, 7)).astype(np.float32)
conv = helper.make_node('Conv', ['x', 'kernel'], ['y'], pads=[3] * 4, strides=[2, 2])
pool = helper.make_node('MaxPool', ['x'], ['y'], kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2])
convolved = run([conv], picture, kernel=kernel)
pooled = run([pool], convolved)
before, after = (int(np.isnan(y).sum()) for y in (convolved, pooled))
print(f'  ONNX Runtime {before} NaN behind the convolution, {after} behind the pooling')
assert before == 72 and 0 < after < before / 4
PY

node_with @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
module <<'JS'
import assert from 'node:assert';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths('node_modules/@tensorflow/tfjs-backend-wasm/dist/');
const map = [Number.NaN, 1, 2, 3, -1, -2, Number.NaN, Number.NaN]; // two windows: [NaN, 1, -1, -2] and [2, 3, NaN, NaN]
const found = {};
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  found[backend] = [...tf.maxPool(tf.tensor4d(map, [1, 2, 4, 1]), 2, 2, 'valid').dataSync()];
}
console.log('  TensorFlow.js', tf.version_core, '[NaN, 1, -1, -2] and [2, 3, NaN, NaN]:', found);
assert.deepStrictEqual(found, { cpu: [1, 3], wasm: [Number.NEGATIVE_INFINITY, 2] });
JS
echo 'as found: four answers'
