#!/usr/bin/env bash
# Max pooling of NaN: five implementations, five answers, among them -3.4e38 and a number that is not the largest.
#
# Guess: the largest of values with a NaN is NaN, as max, reduce_max and torch's pooling have it; or NaN is passed over.
# Truth:
#   TensorFlow     passes NaN over; a window of NaN alone gives -3.4028235e38 (reduce_max of it gives NaN)
#   with XLA       passes NaN over; a window of NaN alone gives -Infinity
#   ONNX Runtime   keeps NaN where it is the last value of the window. One NaN pixel makes 72 values of a ResNet stem's
#                  convolution NaN, and 8 behind its pooling. GlobalMaxPool can forget what came before: -1 where 5 is largest
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
nan = np.nan
windows = {'NaN, 1, -1, -2': [nan, 1, -1, -2], 'NaN alone': [nan, nan, nan, nan]}

def eager(x):
    return tf.nn.max_pool2d(x, 2, 2, 'VALID')

compiled = tf.function(eager, jit_compile=True, autograph=False)
for name, pool, of_nan in (('TensorFlow', eager, float(np.finfo(np.float32).min)), ('with XLA', compiled, -np.inf)):
    found = [float(pool(tf.constant(window, tf.float32, [1, 2, 2, 1])).numpy().item()) for window in windows.values()]
    print(f'  {name:12}', dict(zip(windows, found)))
    assert found == [1, of_nan]
assert np.isnan(tf.reduce_max(tf.constant(windows['NaN, 1, -1, -2'], tf.float32)).numpy())

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
picture[0, 0, 30, 30] = nan
kernel = random.normal(size=(8, 3, 7, 7)).astype(np.float32)
conv = helper.make_node('Conv', ['x', 'kernel'], ['y'], pads=[3] * 4, strides=[2, 2])
pool = helper.make_node('MaxPool', ['x'], ['y'], kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2])
convolved = run([conv], picture, kernel=kernel)
pooled = run([pool], convolved)
before, after = int(np.isnan(convolved).sum()), int(np.isnan(pooled).sum())
touched = int(tf.reduce_sum(tf.nn.max_pool2d(tf.transpose(np.isnan(convolved).astype(np.float32), [0, 2, 3, 1]), 3, 2, 'SAME')))
print(f'  ONNX Runtime {before} NaN behind the convolution, {after} behind the pooling; about {touched} windows hold one')
assert before == 72 and 0 < after < before / 4

found = []
for position in range(1, 35):
    values = np.full((1, 1, 5, 7), -1, np.float32)
    values[0, 0, 0, 0] = 5
    values[0, 0, position // 7, position % 7] = nan
    found.append(run([helper.make_node('GlobalMaxPool', ['x'], ['y'])], values).item())
counts = {'NaN': sum(map(np.isnan, found)), '5': found.count(5), '-1': found.count(-1)}
print('  ONNX Runtime GlobalMaxPool of 5, -1 and one NaN in each place:', counts)
assert sum(value > 0 for value in counts.values()) >= 2
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
echo 'as found: five answers'
