#!/usr/bin/env bash
# ONNX Runtime's package for inference runs batch norm and dropout in training mode, without a word.
#
# Guess: a model that was exported in training mode is refused by the runtime, which has a build of its own for training;
#   or it runs as inference, since optimisation folds batch norm into the convolution and drops dropout.
# Truth: it is checked, optimised, loaded and run as it says. Batch norm uses the statistics of the batch it is given, so an
#   image's scores depend on its neighbours, and alone, behind a map of 1x1, every image gives the bias. Dropout drops
#   half of the values. No level of optimisation changes it, and nothing is logged.
# Hurts: a teacher exported with `training=TrainingMode.TRAINING`, or that was left in train(). Its top-1 on full, shuffled
#   batches looks right; on batches sorted by class, or one by one, it does not.
# Ours: `dataset build` takes such a model as a teacher; its labels would then depend on the batch.
# Seen 2026-11-28: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.2, Python 3.11.
source "$(dirname "$0")/place.bash"

python_with onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.2
python <<'PY'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

print('onnxruntime', onnxruntime.__version__, 'onnx', onnx.__version__)
random = np.random.default_rng(0)
constants = {
    'kernel': random.normal(size=(4, 3, 1, 1)).astype(np.float32), 'scale': np.ones(4, np.float32),
    'bias': np.array([0.1, 0.2, 0.3, 0.4], np.float32), 'mean': np.zeros(4, np.float32),
    'variance': np.ones(4, np.float32), 'rate': np.array(0.5, np.float32), 'training': np.array(True),
}

def run(nodes, used, x, level):
    graph = helper.make_graph(
        nodes, 'teacher',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['N', 3, 'H', 'W'])],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['N', 'C', 'H', 'W'])],
        [numpy_helper.from_array(constants[name], name) for name in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=['CPUExecutionProvider'])
    return session.run(None, {'x': x})[0]

conv = helper.make_node('Conv', ['x', 'kernel'], ['z'])
norm = helper.make_node('BatchNormalization', ['z', 'scale', 'bias', 'mean', 'variance'], ['y', 'm', 'v'], training_mode=1)
dropout = helper.make_node('Dropout', ['x', 'rate', 'training'], ['y'])
images = random.normal(size=(8, 3, 1, 1)).astype(np.float32)
levels = onnxruntime.GraphOptimizationLevel
for level in (levels.ORT_DISABLE_ALL, levels.ORT_ENABLE_ALL):
    used = ['kernel', 'scale', 'bias', 'mean', 'variance']
    together = run([conv, norm], used, images, level)[0].ravel()
    alone = run([conv, norm], used, images[:1], level).ravel()
    dropped = (run([dropout], ['rate', 'training'], np.ones((1, 3, 100, 100), np.float32), level) == 0).mean()
    print(f'  {level.name}: image 0 among eight {together}, alone {alone}; dropout drops {dropped:.2f}')
    assert np.allclose(alone, constants['bias'], atol=1e-3) and np.abs(together - alone).max() > 0.1
    assert 0.4 < dropped < 0.6
PY
echo 'as found: training mode is run'
