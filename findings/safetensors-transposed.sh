#!/usr/bin/env bash
# safetensors 0.8.0 writes a transposed numpy array with its values in the old order.
#
# Guess: numpy's front end copies a view that is not contiguous, as it always did, or refuses it as torch's front end does.
# Truth: 0.8.0 writes the new shape over the memory as it lies. Nothing warns, the file is valid and loads everywhere, and
#   the values are in the wrong places. 0.7.0 writes the same call correctly, so an upgrade breaks a converter that works.
#   (The docstring asks for contiguous tensors; neither version checks.)
# Hurts: whoever turns TensorFlow's kernels [h, w, in, out] into PyTorch's [out, in, h, w] with `transpose` and saves them:
#   the file for timm is scrambled, and strict loading finds nothing wrong. np.ascontiguousarray cures it.
# Ours: writes its files itself, from contiguous arrays. A file from elsewhere that scores at chance level may be one of these.
# Seen 2026-11-28: safetensors 0.8.0 and 0.7.0, numpy 2.4.2, Python 3.11.
source "$(dirname "$0")/place.bash"

cat >"$place/save.py" <<'PY'
import sys
import numpy as np
import safetensors
from safetensors.numpy import load, save

kernel = np.arange(2 * 2 * 3 * 4, dtype=np.float32).reshape(2, 2, 3, 4)  # [h, w, in, out]
moved = kernel.transpose(3, 2, 0, 1)  # [out, in, h, w], a view
found = load(save({'kernel': moved}))['kernel']
print(f'safetensors {safetensors.__version__}, numpy {np.__version__}')
print('  shape', found.shape, 'first values', found.ravel()[:6], 'expected', moved.ravel()[:6])
copied = load(save({'kernel': np.ascontiguousarray(moved)}))['kernel']
assert found.shape == moved.shape and np.array_equal(copied, moved)
if sys.argv[1] == 'scrambles':
    assert np.array_equal(found.ravel(), kernel.ravel()) and not np.array_equal(found, moved)
else:
    assert np.array_equal(found, moved)
PY
python_with safetensors==0.7.0 numpy==2.4.2
python writes <"$place/save.py"
python_with safetensors==0.8.0 numpy==2.4.2
python scrambles <"$place/save.py"
echo 'as found: 0.8.0 scrambles, 0.7.0 does not'
