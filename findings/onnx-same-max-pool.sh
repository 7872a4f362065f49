#!/usr/bin/env bash
# Max pooling with SAME padding: onnx's own reference gets SAME_LOWER wrong, and ONNX Runtime refuses every other map.
#
# Guess: onnx.reference, which exists to say what operators mean, agrees with onnx's shape inference and with ONNX Runtime.
# Truth: for MaxPool with SAME_LOWER it gives maps that are too small and values from elsewhere: 3x3 /2 on 7x7 gives 3x3
#   (its own shape inference says 4x4, as ONNX Runtime computes); on 6x6 the size is right and the values are not.
#   SAME_UPPER agrees, and so does AveragePool. ONNX Runtime in turn refuses MaxPool with a kernel smaller than its stride
#   and SAME padding ("padding values must be non-negative") where the stride divides the map, although AveragePool with
#   the same attributes runs; where it does not divide, both run. So 1x1 /2, the shortcut of TensorFlow's ResNets, runs
#   at 7x7 and fails at 8x8: with free sizes it depends on the picture.
# Hurts: exporters that are tested against the reference evaluator, and teachers converted from TensorFlow.
# Ours: writes explicit pads and tests against ONNX Runtime; a teacher that fails so is reported with the runtime's words.
# Seen 2026-11-28: onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.2, Python 3.11.
source "$(dirname "$0")/place.bash"

python_with onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.2
python <<'PY'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

print('onnx', onnx.__version__, 'onnxruntime', onnxruntime.__version__)

def pool(op, size, kernel, stride, padding):
    x = np.arange(size * size, dtype=np.float32).reshape(1, 1, size, size)
    node = helper.make_node(op, ['x'], ['y'], kernel_shape=[kernel] * 2, strides=[stride] * 2, auto_pad=padding)
    graph = helper.make_graph(
        [node], 'pool',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, [1, 1, None, None])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 20)], ir_version=9)
    inferred = onnx.shape_inference.infer_shapes(model).graph.output[0].type.tensor_type.shape.dim[-1].dim_value
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=['CPUExecutionProvider'])
    try:
        computed = session.run(None, {'x': x})[0][0, 0]
    except Exception as error:
        computed = str(error).split('Status Message: ')[-1].strip()
    return x, model, inferred, computed

def reference(op, size, kernel, stride, padding):
    x, model, inferred, computed = pool(op, size, kernel, stride, padding)
    referred = ReferenceEvaluator(model).run(None, {'x': x})[0][0, 0]
    same = referred.shape == computed.shape and np.array_equal(referred, computed)
    what = f'{op} {kernel}x{kernel} /{stride} {padding} on {size}x{size}'
    print(f'  {what}: inferred {inferred}, runtime {computed[0]}, reference {referred[0]}')
    assert computed.shape == (inferred, inferred)
    return same, referred.shape[0] == inferred

assert reference('MaxPool', 7, 3, 2, 'SAME_LOWER') == (False, False)
assert reference('MaxPool', 6, 3, 2, 'SAME_LOWER') == (False, True)
for size in (6, 7):
    assert reference('MaxPool', size, 3, 2, 'SAME_UPPER') == (True, True)
    assert reference('AveragePool', size, 3, 2, 'SAME_LOWER') == (True, True)

for op, size in (('MaxPool', 7), ('MaxPool', 8), ('AveragePool', 7), ('AveragePool', 8)):
    *_, computed = pool(op, size, 1, 2, 'SAME_UPPER')
    print(f'  {op} 1x1 /2 SAME_UPPER on {size}x{size}:', computed if isinstance(computed, str) else computed[0])
    assert isinstance(computed, str) == (op == 'MaxPool' and size == 8)
    assert not isinstance(computed, str) or 'non-negative' in computed
PY
echo 'as found: the reference disagrees, and the runtime refuses even maps'
