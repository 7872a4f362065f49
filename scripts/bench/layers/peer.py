"""PyTorch's side: answers a layer as a line of JSON, and its repeats, with the least milliseconds of a pass and its gradients."""

import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def layer(images, side, inputs, out, kernel, stride, kind, **_):
    groups = out if kind == "depthwise" else 1
    last = {"memory_format": torch.channels_last}
    x = torch.randn(images, inputs, side, side).to(**last).requires_grad_(inputs != 3)
    w = torch.randn(out, inputs // groups, kernel, kernel).to(**last).requires_grad_()
    gamma, beta = torch.ones(out, requires_grad=True), torch.zeros(out, requires_grad=True)

    def forward():
        y = F.conv2d(x, w, None, stride, kernel // 2, 1, groups)
        return F.relu_(F.batch_norm(y, None, None, gamma, beta, training=True, eps=1e-3))

    gradient = torch.randn_like(forward())

    def step():
        for leaf in (x, w, gamma, beta):
            leaf.grad = None
        forward().backward(gradient)

    return step


print(json.dumps({"torch": torch.__version__}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    step = layer(**asked)
    step()
    times = []
    for _ in range(asked["repeats"]):
        start = time.perf_counter()
        step()
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({"ms": min(times)}), flush=True)
