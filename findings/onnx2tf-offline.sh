#!/usr/bin/env bash
# onnx2tf downloads sample images before it quantizes with the images that it was given, and fails without a network.
#
# Guess: with images for the model's only input (-cind) a conversion to int8 is local.
# Truth: a file of 20 sample images is fetched from GitHub first, although nothing reads it then; if that fails, so does the
#   conversion. With any file of that name and shape in the working directory the network is not asked.
# Hurts: whoever converts on a cluster node or in a container without a network, and whoever runs it often: each conversion
#   downloads again.
# Ours: `npm run proof:int8-peers` puts a file of zeros there. `export --to litert --int8` needs no other program.
# Seen 2026-11-30: onnx2tf 1.29.24, onnx 1.19.1, tensorflow 2.19.0.
source "$(dirname "$0")/place.bash"

python_with onnx2tf==1.29.24
cd "$place"
python <<'PY'
from importlib.metadata import version

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

print('onnx2tf', version('onnx2tf'), 'onnx', version('onnx'), 'tensorflow', version('tensorflow'))
weights = np.random.default_rng(0).normal(size=[8, 3, 3, 3]).astype(np.float32)
image = helper.make_tensor_value_info('image', TensorProto.FLOAT, [1, 3, 32, 32])
map = helper.make_tensor_value_info('map', TensorProto.FLOAT, [1, 8, 32, 32])
convolution = helper.make_node('Conv', ['image', 'weights'], ['map'], pads=[1, 1, 1, 1])
graph = helper.make_graph([convolution], 'one-layer', [image], [map], [numpy_helper.from_array(weights, 'weights')])
save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8), 'model.onnx')
np.save('images.npy', np.random.default_rng(1).uniform(-1, 1, [16, 32, 32, 3]).astype(np.float32))
np.save('zeros.npy', np.zeros([20, 128, 128, 3], np.float32))
PY

converted_to() { # the proxy is a closed port
  HTTPS_PROXY=http://127.0.0.1:9 venv/bin/onnx2tf -i model.onnx -o "$1" -oiqt -n \
    -cind image images.npy '[[[[0,0,0]]]]' '[[[[1,1,1]]]]' >"$1.log" 2>&1
}

samples=calibration_image_sample_data_20x128x128x3_float32.npy
if converted_to first; then echo 'changed: it converts without a network'; exit 1; fi
grep -o "Max retries exceeded with url: .*/$samples" first.log | head -1
cp zeros.npy "$samples"
converted_to second
echo "  with a file of zeros of that name it converts: $(wc -c <second/model_integer_quant.tflite) bytes"
echo 'as found: a download of images that are not used decides whether it converts'
