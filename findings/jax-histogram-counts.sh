#!/usr/bin/env bash
# jax.numpy.histogram counts to 16,777,216 and no further.
#
# Guess: like numpy's, the histogram of 20 million values holds integers that add up to 20 million.
# Truth: it adds float32 ones. A bin that has reached 2^24 takes no more, so all 20 million values in one bin give 16,777,216,
#   and with 40 % zeros of 50 million (activations after a ReLU) the bin of zeros loses a sixth while all others are right:
#   shares and percentiles shift with no sign of it. jnp.sum, jnp.mean and jnp.cumsum of the same ones are exact.
# Hurts: clipping ranges for int8 from histograms of activations, where the zeros' bin is the largest: a map of
#   112x112x32, half of it zeros, reaches 2^24 in 84 images. Counting in parts and adding in integers cures it.
# Ours: makes no histograms.
# Seen 2026-11-28: jax 0.10.2, numpy 2.4.2, Python 3.11. (torch 2.15.0's histc does the same per thread: right with two
#   threads and 16,777,216 with one; not run here because its wheels take minutes.)
source "$(dirname "$0")/place.bash"

python_with jax==0.10.2 jaxlib==0.10.2 numpy==2.4.2
python <<'PY'
import jax
import jax.numpy as jnp
import numpy as np

print('jax', jax.__version__, 'numpy', np.__version__)
n = 50_000_000
values = np.zeros(n, np.float32)
values[: 30_000_000] = np.arange(30_000_000) % 3 + 1  # 1, 2, 3 in equal parts; the other two fifths are 0
edges = np.array([-0.5, 0.5, 1.5, 2.5, 3.5], np.float32)
expected, _ = np.histogram(values, edges)
found, _ = jnp.histogram(values, edges)
print('  numpy', expected, expected.dtype, 'adds up to', expected.sum())
print('  jax  ', np.array(found, np.int64), found.dtype, 'adds up to', int(np.array(found, np.int64).sum()))
assert expected.tolist() == [20_000_000, 10_000_000, 10_000_000, 10_000_000]
assert np.array(found).tolist() == [2**24, 10_000_000, 10_000_000, 10_000_000]
ones = jnp.ones(20_000_000)
assert float(ones.sum()) == 20_000_000 and float(jnp.cumsum(ones)[-1]) == 20_000_000
PY
echo 'as found: counts stop at 2^24'
