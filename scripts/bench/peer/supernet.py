"""The SuperNet in PyTorch: shared weights at their largest, sliced to the first channels of what a sub-network uses."""

import torch
import torch.nn.functional as F
from torch import nn

EPSILON = 1e-3


class Layer:
    """A convolution and its batch norm [and ReLU], or the mean of several; a branch None is the identity."""

    def __init__(self, plain):
        self.branches = plain["branches"]
        self.depthwise = plain["depthwise"]
        self.stride = plain["stride"]
        self.inputs, self.outputs = plain["in"], plain["out"]
        self.activated = plain["activated"]

    def kernels(self):
        """Name and used extents of each kernel: [outputs, inputs per group]."""
        inputs = 1 if self.depthwise else self.inputs
        return [(f"{name}.kernel", self.outputs, inputs) for name in self.branches if name is not None]


class SubNetwork:
    """What a sampled architecture uses of the SuperNet."""

    def __init__(self, plain):
        self.blocks = [(block["residual"], [Layer(one) for one in block["layers"]]) for block in plain["blocks"]]
        self.before_pool = [Layer(one) for one in plain["beforePool"]]
        self.after_pool = [Layer(one) for one in plain["afterPool"]]
        self.features = plain["features"]
        in_blocks = [layer for _, layers in self.blocks for layer in layers]
        layers = in_blocks + self.before_pool + self.after_pool
        self.kernels = [kernel for layer in layers for kernel in layer.kernels()] + [("head.fc.kernel", self.features, None)]


class SuperNet(nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.parameters_by_name = {name: nn.Parameter(w.clone()) for name, w in weights.items()}
        # PyTorch allows no dot in a parameter's own name
        self.weights = nn.ParameterDict({n.replace(".", "/"): p for n, p in self.parameters_by_name.items()})
        self.padded = same

    def pads(self, exactly):
        """As TensorFlow's `SAME`, exactly, or as PyTorch's users do: half a kernel on all sides, which spares a copy."""
        self.padded = same if exactly else symmetric

    def forward(self, images, sub):
        """Logits [B, K] of images [B, C, H, W] of 8 bits."""
        x = images.float().mul_(1 / 127.5).sub_(1)
        for residual, layers in sub.blocks:
            y = self.run(layers, x)
            x = y.add_(x) if residual else y
        x = self.run(sub.before_pool, x).mean((2, 3), keepdim=True)
        x = self.run(sub.after_pool, x).flatten(1)
        kernel, bias = self.parameters_by_name["head.fc.kernel"], self.parameters_by_name["head.fc.bias"]
        return torch.addmm(bias, x, kernel[: sub.features])

    def run(self, layers, x):
        for layer in layers:
            branches = [x if name is None else self.convolution(layer, name, x) for name in layer.branches]
            x = branches[0] if len(branches) == 1 else mean(branches)
        return x

    def convolution(self, layer, name, x):
        weights = self.parameters_by_name
        kernel = sliced(weights[f"{name}.kernel"], layer.outputs, 1 if layer.depthwise else layer.inputs)
        groups = layer.outputs if layer.depthwise else 1
        x, padding = self.padded(x, kernel.shape[-1], layer.stride)
        y = F.conv2d(x, kernel, None, layer.stride, padding, 1, groups)
        gamma = sliced(weights[f"{name}.bn.gamma"], layer.outputs)
        beta = sliced(weights[f"{name}.bn.beta"], layer.outputs)
        y = F.batch_norm(y, None, None, gamma, beta, training=True, eps=EPSILON)
        return F.relu_(y) if layer.activated else y


def sliced(weight, outputs, inputs=None):
    """The first channels of a weight; the weight itself where those are all."""
    if outputs < weight.shape[0]:
        weight = weight[:outputs]
    if inputs is not None and inputs < weight.shape[1]:
        weight = weight[:, :inputs]
    return weight


def symmetric(x, kernel, _):
    return x, kernel // 2


def same(x, kernel, stride):
    """x and what the convolution itself pads; x is padded where `SAME` is asymmetric, as at a stride of 2."""
    size = x.shape[-1]
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    before, after = total // 2, total - total // 2
    if before == after:
        return x, before
    return F.pad(x, (before, after, before, after)), 0


def mean(branches):
    total = branches[0] + branches[1]
    for branch in branches[2:]:
        total.add_(branch)
    return total.mul_(1 / len(branches))
