#!/usr/bin/env bash
# The same layer in int8 gives other numbers as FULLY_CONNECTED than as a 1x1 CONV_2D, in one library of kernels.
#
# Guess: a dense layer and a 1x1 convolution over a map of one pixel are the same products; with the same integers, scales
#   and zero points, LiteRT's reference kernels give the same int8.
# Truth: CONV_2D multiplies a sum by its factor with two roundings, to 31 bits and then away from zero, FULLY_CONNECTED with
#   one. So 54.4995 becomes 55 in one and 54 in the other: 1 output in 1,000. The built-in kernels and XNNPACK treat both
#   forms alike.
# Hurts: who checks a converter bit by bit against the reference, or writes kernels for a chip after one of the two: some
#   outputs are off by one, for one of two forms of the same layer.
# Ours: scripts/proof/int8/ has a rule for each, and compares both with LiteRT on whole networks.
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
kernel = random.normal(size=(256, 512)).astype(np.float32)
images = random.normal(size=(256, 256)).astype(np.float32)

class Dense(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([256, 256], tf.float32)])
    def run(self, x):
        return tf.matmul(x, kernel)

class Convolution(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([256, 1, 1, 256], tf.float32)])
    def run(self, x):
        return tf.nn.conv2d(x, kernel[None, None], 1, 'SAME')

def in_int8(module, shape):
    converter = tf.lite.TFLiteConverter.from_concrete_functions([module.run.get_concrete_function()], module)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: [[images.reshape(shape)]]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()

def outputs(model, resolver):
    interpreter = Interpreter(model_content=model, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    [entry], [result] = interpreter.get_input_details(), interpreter.get_output_details()
    scale, zero = entry['quantization']
    ints = np.clip(np.round(images / scale) + zero, -128, 127).astype(np.int8)
    interpreter.set_tensor(entry['index'], ints.reshape(entry['shape']))
    interpreter.invoke()
    op = [node['op_name'] for node in interpreter._get_ops_details() if node['op_name'] != 'DELEGATE']
    parameters = (entry['quantization'], result['quantization'])
    return op, parameters, interpreter.get_tensor(result['index']).reshape(256, 512).astype(int)

models = in_int8(Dense(), (256, 256)), in_int8(Convolution(), (256, 1, 1, 256))
different = {}
for name in ('BUILTIN_REF', 'BUILTIN_WITHOUT_DEFAULT_DELEGATES', 'BUILTIN'):
    (ops, parameters, dense), (others, same, convolution) = [outputs(m, OpResolverType[name]) for m in models]
    assert parameters == same, (parameters, same)
    different[name] = int((dense != convolution).sum())
    print(f'  {name:34} {ops} {others}: {different[name]} of {dense.size} differ, by at most {abs(dense - convolution).max()}')
assert different['BUILTIN_REF'] > 0 and different['BUILTIN'] == 0, different
PY
echo 'as found: a dense layer and a 1x1 convolution round differently'
