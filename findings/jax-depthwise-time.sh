#!/usr/bin/env bash
# On a CPU JAX computes a depthwise convolution slower than a dense 1x1 convolution with 7 times the multiply-adds.
#
# Guess: compiled by XLA, a 3x3 depthwise convolution is bound by memory and takes about as long as a 1x1 convolution of the
#   same map with 64 channels, which multiplies 7 times as often; a compiled network trains at least as fast as an eager one.
# Truth: it takes several times as long (26 times on two cores of Zen 5), forward and backward; the same sums written as
#   nine shifted products take a fraction, with the same values. So a jitted training step of a MobileNet took nine
#   times as long as PyTorch's eager one.
# Hurts: whoever compares speeds of depthwise networks with JAX on a CPU, or trains small ones there.
# Ours: computes depthwise layers by its own kernels; docs/performance.md has JAX's step beside it.
# Seen 2026-11-29: jax 0.10.2, jaxlib 0.10.2, Python 3.11.
source "$(dirname "$0")/place.bash"

python_with jax==0.10.2 jaxlib==0.10.2 numpy==2.4.2
python <<'PY'
import time

import jax
import jax.numpy as jnp
from jax import lax, random

print('jax', jax.__version__)
C, size = 64, 32
x = random.normal(random.key(0), (16, size, size, C))
narrow, dense = random.normal(random.key(1), (3, 3, 1, C)), random.normal(random.key(2), (1, 1, C, C))
nhwc = ('NHWC', 'HWIO', 'NHWC')
convolved = lambda groups: jax.jit(lambda x, w: lax.conv_general_dilated(x, w, (1, 1), 'SAME', dimension_numbers=nhwc, feature_group_count=groups))
depthwise, pointwise = convolved(C), convolved(1)


@jax.jit
def shifted(x, w):
    padded = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return sum(padded[:, i : i + size, j : j + size] * w[i, j, 0] for i in range(3) for j in range(3))


def milliseconds(f, *inputs):
    jax.block_until_ready(f(*inputs))  # compiles
    times = []
    for _ in range(9):
        start = time.perf_counter()
        jax.block_until_ready(f(*inputs))
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


gradient = jax.jit(jax.grad(lambda w, x: depthwise(x, w).sum()))
times = {
    'depthwise 3x3': milliseconds(depthwise, x, narrow),
    "its weights' gradient": milliseconds(gradient, narrow, x),
    'the same as nine shifted products': milliseconds(shifted, x, narrow),
    'dense 1x1, 7 times the multiply-adds': milliseconds(pointwise, x, dense),
}
for name, ms in times.items():
    print(f'  {ms:7.2f} ms  {name}')
deep, _, by_hand, flat = times.values()
assert float(jnp.abs(depthwise(x, narrow) - shifted(x, narrow)).max()) < 1e-4
assert deep > 3 * flat and deep > 2 * by_hand, 'depthwise convolutions have become faster'
PY
echo 'as found: a depthwise convolution takes several times as long as a dense 1x1 one'
