"""What our side wrote of a workload, as NumPy arrays."""

import json
import math
import os

import numpy as np


def description(folder):
    with open(os.path.join(folder, "workload.json")) as file:
        return json.load(file)


def safetensors(folder):
    """float32 arrays by name: 8 bytes of header length, a JSON header, the values."""
    with open(os.path.join(folder, "weights.safetensors"), "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        data = file.read()
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, _ = entry["data_offsets"]
        values = np.frombuffer(data, np.float32, math.prod(entry["shape"]), begin)
        arrays[name] = values.reshape(entry["shape"])
    return arrays


def batches(folder, plain):
    """The pool of batches: images [pool, samples, B, H, W, C] of 8 bits, soft labels [pool, samples, B, K]."""
    shape = (plain["poolSize"], plain["samples"], plain["batch"])
    size, channels = plain["resolution"], plain["channels"]
    pixels = np.fromfile(os.path.join(folder, "images.bin"), np.uint8)
    soft = np.fromfile(os.path.join(folder, "soft.bin"), np.float32)
    return pixels.reshape(*shape, size, size, channels), soft.reshape(*shape, plain["classes"])
