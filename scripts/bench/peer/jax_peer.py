"""JAX as a server: jax_peer.py FOLDER. Same protocol as ours.mjs; for workloads of one network, which is compiled once."""

import json
import os
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from files import batches, description, safetensors

EPSILON = 1e-3
IMAGES = ("NHWC", "HWIO", "NHWC")


def convolution(weights, layer, name, x):
    kernel = weights[f"{name}.kernel"]
    groups = 1
    if layer["depthwise"]:  # [k, k, C, 1]
        groups = kernel.shape[2]
        kernel = kernel.reshape(*kernel.shape[:2], 1, groups)
    elif kernel.ndim == 2:
        kernel = kernel[None, None]
    stride = (layer["stride"],) * 2
    y = lax.conv_general_dilated(x, kernel, stride, "SAME", dimension_numbers=IMAGES, feature_group_count=groups)
    mean = y.mean((0, 1, 2))
    variance = jnp.square(y - mean).mean((0, 1, 2))
    y = (y - mean) * (lax.rsqrt(variance + EPSILON) * weights[f"{name}.bn.gamma"]) + weights[f"{name}.bn.beta"]
    return jax.nn.relu(y) if layer["activated"] else y


def logits(weights, network, images):
    x = images.astype(jnp.float32) / 127.5 - 1

    def layered(layers, x):
        for layer in layers:
            x = convolution(weights, layer, layer["branches"][0], x)
        return x

    for block in network["blocks"]:
        y = layered(block["layers"], x)
        x = x + y if block["residual"] else y
    x = layered(network["beforePool"], x).mean((1, 2), keepdims=True)
    x = layered(network["afterPool"], x).reshape(len(images), -1)
    return x @ weights["head.fc.kernel"] + weights["head.fc.bias"]


def loss(weights, network, images, soft):
    """Mean over the parts, each normalised separately: [parts, B, H, W, C] and [parts, B, K]."""
    part = lambda i: -(soft[i] * jax.nn.log_softmax(logits(weights, network, images[i]))).sum(1).mean()
    return sum(part(i) for i in range(len(images))) / len(images)


class Steps:
    def __init__(self, folder):
        self.plain = description(folder)
        self.images, self.soft = batches(folder, self.plain)
        self.start = safetensors(folder)
        network = self.plain["steps"][0][0]
        self.train = jax.jit(partial(self.updated, network), donate_argnums=(0, 1, 2))
        self.reset(0)

    def reset(self, position):
        self.weights = {name: jnp.array(values) for name, values in self.start.items()}
        self.squares = {name: jnp.ones_like(values) for name, values in self.weights.items()}
        self.velocities = {name: jnp.zeros_like(values) for name, values in self.weights.items()}
        self.position, self.since = position, 0

    def updated(self, network, weights, squares, velocities, images, soft, rate):
        value, gradients = jax.value_and_grad(loss)(weights, network, images, soft)
        decay, momentum, epsilon = (self.plain["optimizer"][key] for key in ("decay", "momentum", "epsilon"))
        for name, gradient in gradients.items():
            if name.endswith(".kernel"):
                gradient += self.plain["l2"] * weights[name]
            squares[name] = decay * squares[name] + (1 - decay) * gradient * gradient
            velocities[name] = momentum * velocities[name] + rate * gradient * lax.rsqrt(squares[name] + epsilon)
            weights[name] = weights[name] - velocities[name]
        return weights, squares, velocities, value

    def step(self, apart):
        place = self.position % len(self.images)
        images, soft = self.images[place], self.soft[place]
        if not apart:  # one batch, as a user would run it
            images, soft = (array.reshape(1, -1, *array.shape[2:]) for array in (images, soft))
        rate = self.plain["learningRate"] * min(1, (self.since + 1) / self.plain["warmupSteps"])
        made = self.train(self.weights, self.squares, self.velocities, images, soft, rate)
        self.weights, self.squares, self.velocities, value = made
        self.position += 1
        self.since += 1
        return float(value)

    def check(self, count):
        return {"losses": [self.step(apart=True) for _ in range(count)]}

    def steps(self, count):
        milliseconds, losses = [], []
        for _ in range(count):
            start = time.perf_counter()
            losses.append(self.step(apart=False))
            milliseconds.append(1000 * (time.perf_counter() - start))
        return {"ms": milliseconds, "losses": losses}


def main(folder):
    answers = os.fdopen(os.dup(1), "w")  # everything else that prints goes to standard error
    os.dup2(2, 1)
    steps = Steps(folder)
    commands = {"reset": steps.reset, "check": steps.check, "steps": steps.steps}
    print(json.dumps({"jax": jax.__version__, "processes": 1}), file=answers, flush=True)
    for line in sys.stdin:
        command, count = line.split()
        print(json.dumps(commands[command](int(count)) or {}), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
