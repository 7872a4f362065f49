#!/usr/bin/env bash
# TensorFlow's channel means of a large batch are wrong by percents: .6993 for .6800.
#
# Guess: sums of millions of float32 are made pairwise or in blocks, as those of one long vector are: errors near 1e-6.
# Truth: over the rows of [B, H, W, C] each channel is added up nearly value by value. At [256, 112, 112, 3], values all .1:
#   reduce_mean and the batch mean of FusedBatchNormV3 in training are .0967, the variance is 1.1e-5 for 0. The same values
#   as one vector give .1. The fewer channels, the worse: 3.3 % off at 3 channels is 0.8 % at 16, for the same pixels.
#   It needs no constant picture: nine tenths of .7 and noise give a mean of .699 for .680, ReLU of normal noise a variance
#   of .345 for .341. Threads change nothing.
# Hurts: who computes a data set's mean and deviation in one call, and batch norm of the first layers at large batches:
#   statistics depend on the batch's size through rounding alone. Average the means of parts, or cast to float64.
# Ours: its batch norm runs FusedBatchNormV3 where it has no kernel of its own, so batches of 256 at 112x112 carry this error;
#   at 28x28 it is 0.2 % on constant maps and 0.2 % of the variance on noise.
# Seen 2026-11-28: tensorflow-cpu 2.21.0, numpy 2.4.2.
source "$(dirname "$0")/place.bash"

python_with tensorflow-cpu==2.21.0 numpy==2.4.2
python <<'PY'
import numpy as np
import tensorflow as tf

print('tensorflow', tf.__version__, 'numpy', np.__version__)

def batch_norm(x):
    channels = x.shape[-1]
    ones, zeros = tf.ones([channels]), tf.zeros([channels])
    found = tf.raw_ops.FusedBatchNormV3(x=x, scale=ones, offset=zeros, mean=zeros, variance=ones, is_training=True)
    return float(found.batch_mean[0]), float(found.batch_variance[0])

def compare(what, x):
    true = x[..., 0].astype(np.float64)
    mean, variance = batch_norm(x)
    reduced = float(tf.reduce_mean(x, [0, 1, 2])[0])
    print(f'  {what:32} mean {true.mean():.5f}: reduce_mean {reduced:.5f}, batch norm {mean:.5f}; '
          f'variance {true.var():.6f}: batch norm {variance:.6f}')
    return reduced / true.mean() - 1, mean / true.mean() - 1, true.var(), variance

shape = (256, 112, 112, 3)
constant = np.full(shape, 0.1, np.float32)
random = np.random.default_rng(0)
reduced, mean, _, variance = compare('all .1, 3 channels', constant)
assert -0.05 < reduced < -0.02 and -0.05 < mean < -0.02 and variance > 5e-6
reduced, mean, _, _ = compare('all .1, 16 channels', np.full((256, 112, 112, 16), 0.1, np.float32))
assert abs(mean) < 0.01
background = np.where(random.random(shape, dtype=np.float32) < 0.9, np.float32(0.7), random.random(shape, dtype=np.float32))
reduced, mean, _, _ = compare('nine tenths .7, the rest uniform', background)
assert reduced > 0.02 and mean > 0.02
reduced, mean, true, variance = compare('ReLU of normal noise', np.maximum(random.normal(size=shape), 0).astype(np.float32))
assert variance / true - 1 > 0.005
vector = float(tf.reduce_mean(constant[..., 0].ravel()))
wide = float(tf.reduce_mean(tf.cast(constant, tf.float64), [0, 1, 2])[0])
print('  all .1 as one vector', vector, 'in float64', wide)
assert abs(vector - 0.1) < 1e-5 and abs(wide - 0.1) < 1e-6
PY
echo 'as found: means of many pixels are wrong by percents'
