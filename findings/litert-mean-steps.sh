#!/usr/bin/env bash
# The mean over a map in int8 is the nearest step in XNNPACK, one step off for a ninth of the channels in LiteRT's
# reference kernels, and for a quarter in its built-in kernels.
#
# Guess: the three computations of MEAN give the nearest integer, apart from exact ties.
# Truth: the reference multiplies a sum by a factor that contains 1/pixels, which here leaves two bits after the point,
#   and rounds these again, a half away from zero; so 11 % of the means of ReLU's values are one step too high. The
#   optimised kernel has 24 %. The error is in one direction: 0.13 and 0.26 steps on average, where rounding has 0.
# Hurts: whoever runs classifiers in int8 where XNNPACK is switched off or not built in: all features before the classifier
#   are shifted by a part of a step in one direction. And whoever takes the reference kernels for the exact ones.
#   AVERAGE_POOL_2D rounds alike in all kernels, but must keep its input's scale, in which means are small.
# Ours: `export --to litert --int8` writes MEAN, which XNNPACK executes; scripts/proof/int8/ compares it bit by bit with the
#   reference, and docs/litert.md says how many values of the built-in kernels differ.
# Seen 2026-11-28: tensorflow-cpu 2.21.0, ai-edge-litert 2.3.0, numpy 2.4.2.
source "$(dirname "$0")/place.bash"

python_with tensorflow-cpu==2.21.0 ai-edge-litert==2.3.0 numpy==2.4.2
python 2>/dev/null <<'PY'
from importlib.metadata import version

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

print('tensorflow', tf.__version__, 'ai-edge-litert', version('ai-edge-litert'), 'numpy', np.__version__)
random = np.random.default_rng(0)
maps = np.maximum(random.normal(size=(16, 7, 7, 256)), 0).astype(np.float32)

class Mean(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([16, 7, 7, 256], tf.float32)])
    def run(self, x):
        return tf.reduce_mean(x, axis=[1, 2], keepdims=True)

module = Mean()
converter = tf.lite.TFLiteConverter.from_concrete_functions([module.run.get_concrete_function()], module)
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.representative_dataset = lambda: [[maps]]
converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
converter.inference_input_type = converter.inference_output_type = tf.int8
model = converter.convert()

shares = {}
for name in ('BUILTIN_REF', 'BUILTIN_WITHOUT_DEFAULT_DELEGATES', 'BUILTIN'):
    interpreter = Interpreter(model_content=model, experimental_op_resolver_type=OpResolverType[name])
    interpreter.allocate_tensors()
    [entry], [result] = interpreter.get_input_details(), interpreter.get_output_details()
    (scale, zero), (step, offset) = entry['quantization'], result['quantization']
    ints = np.clip(np.round(maps / scale) + zero, -128, 127).astype(np.int8)
    interpreter.set_tensor(entry['index'], ints)
    interpreter.invoke()
    found = interpreter.get_tensor(result['index']).astype(int).ravel()
    exact = (ints.astype(np.float64) - zero).mean(axis=(1, 2)).ravel() * scale / step + offset
    nearest = np.round(exact)
    clear = np.abs(exact - np.floor(exact) - 0.5) > 0.01  # no ties
    low, high = ((found < nearest) & clear).mean(), ((found > nearest) & clear).mean()
    shares[name] = (low, high)
    print(f'  {name:34} {[n["op_name"] for n in interpreter._get_ops_details()]}: {low:.1%} below the nearest, {high:.1%} above; mean error {np.mean(found - exact):+.3f} steps')
low, high = zip(*(shares[name] for name in ('BUILTIN', 'BUILTIN_REF', 'BUILTIN_WITHOUT_DEFAULT_DELEGATES')))
assert max(low) == 0 and high[0] == 0 and 0.05 < high[1] < 0.18 < high[2], shares
PY
echo 'as found: only XNNPACK gives the nearest mean'
