"""The others as a server: a line of JSON in, a line of JSON out, the logits of the images in a file `pixels`.

{"timm": FOLDER}   an export to timm, loaded strictly by its own program
{"onnx": FILE}     an ONNX model, checked, then run by ONNX Runtime
{"create": MODEL, "arguments": {}, "state": FILE}
                   a model that timm makes, with random weights, which are saved as timm's users save theirs
"""

import importlib.util
import json
import os
import sys

import onnx
import onnxruntime
import timm
import torch
from safetensors.torch import load_file, save_file
from torch import nn


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else prints
    versions = {module.__name__: module.__version__ for module in (torch, timm, onnx, onnxruntime)}
    print(json.dumps(versions), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        pixels = load_file(asked["pixels"])["pixels"]
        [command] = commands.keys() & asked.keys()
        with torch.no_grad():
            logits = commands[command](asked, pixels)
        print(json.dumps({"logits": logits.tolist()}), file=answers, flush=True)


def exported(asked, pixels):
    spec = importlib.util.spec_from_file_location("timm_model", os.path.join(asked["timm"], "timm_model.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load()(pixels)


def in_onnx_runtime(asked, pixels):
    onnx.checker.check_model(asked["onnx"], full_check=True)
    session = onnxruntime.InferenceSession(asked["onnx"], providers=["CPUExecutionProvider"])
    [entry] = session.get_inputs()
    [logits] = session.run(None, {entry.name: pixels.numpy()})
    return torch.from_numpy(logits)


def created(asked, pixels):
    torch.manual_seed(0)
    model = timm.create_model(asked["create"], **asked["arguments"])
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1:  # the others timm starts at random
            scales = name.endswith((".weight", ".gamma"))
            parameter.uniform_(0.5, 1.5) if scales else parameter.uniform_(-0.2, 0.2)
    estimate_statistics(model, pixels)
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, asked["state"])
    return model.eval()(pixels)


def estimate_statistics(model, pixels):
    """Running statistics near those of noise, so that no layer drowns another, yet moved at random, so that all show."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    model.train()(torch.cat([pixels, torch.rand_like(pixels) * 2 - 1]))
    for norm in norms:
        norm.running_mean += 0.2 * norm.running_var.sqrt() * torch.randn(norm.num_features)
        least = 0.1 * norm.running_var.mean()  # of channels that are dead
        norm.running_var *= torch.empty(norm.num_features).uniform_(0.5, 1.5)
        norm.running_var += least


commands = {"timm": exported, "onnx": in_onnx_runtime, "create": created}

if __name__ == "__main__":
    main()
