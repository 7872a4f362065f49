"""torchvision and timm as a server: a line of JSON in, a line of JSON out, pixels in files.

{"photos": FOLDER}  writes the photographs as raw pixels [H, W, C] and returns name, file, height, width and channels
{"photo": FILE, "shape": [H, W, C], "library": NAME, "operation": NAME, "magnitude": M, "sign": 1 or -1, "to": FILE}
                    applies an operation of a library and writes the pixels
{"crops": [H, W], "area": [LOW, HIGH], "aspect": [LOW, HIGH], "count": N}
                    returns N crops of torchvision as [top, left, height, width]
"""

import importlib.metadata
import json
import os
import sys

import numpy as np
import skimage.data
import skimage.io
import torch
from PIL import Image
from timm.data import auto_augment
from torchvision.transforms import InterpolationMode, RandAugment, RandomResizedCrop, autoaugment

photographs = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "camera.png"]
packages = ["torch", "torchvision", "timm", "pillow", "scikit-image"]

torchvision_names = {
    "identity": "Identity",
    "autoContrast": "AutoContrast",
    "equalize": "Equalize",
    "rotate": "Rotate",
    "solarize": "Solarize",
    "color": "Color",
    "posterize": "Posterize",
    "contrast": "Contrast",
    "brightness": "Brightness",
    "sharpness": "Sharpness",
    "shearX": "ShearX",
    "shearY": "ShearY",
    "translateX": "TranslateX",
    "translateY": "TranslateY",
}
increasing = {"solarize", "color", "posterize", "contrast", "brightness", "sharpness"}


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else prints
    print(json.dumps({name: importlib.metadata.version(name) for name in packages}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        [command] = commands.keys() & asked.keys()
        print(json.dumps(commands[command](asked)), file=answers, flush=True)


def written_photos(asked):
    """The photographs in full size, and small or narrow parts of them, in which a border or an odd size shows."""
    written = []
    for name in photographs:
        pixels = skimage.io.imread(os.path.join(os.path.dirname(skimage.data.__file__), name))
        pixels = pixels.reshape(*pixels.shape[:2], -1)
        height, width, _ = pixels.shape
        parts = {"": pixels, " 32x32": pixels[::height // 32, ::width // 32][:32, :32], " 33x7": pixels[100:133, 100:107]}
        for part, view in parts.items():
            file = os.path.join(asked["photos"], f"{len(written)}.raw")
            np.ascontiguousarray(view).tofile(file)
            written.append({"name": name + part, "file": file, "shape": list(view.shape)})
    return written


def operated(asked):
    image = read(asked["photo"], asked["shape"])
    how = with_torchvision if asked["library"] == "torchvision" else with_timm
    np.asarray(how(image, asked)).tofile(asked["to"])
    return {}


def read(file, shape):
    pixels = np.fromfile(file, np.uint8).reshape(shape)
    return Image.fromarray(pixels[:, :, 0] if shape[2] == 1 else pixels)


def with_torchvision(image, asked):
    name = torchvision_names[asked["operation"]]
    magnitudes, signed = RandAugment()._augmentation_space(31, (image.height, image.width))[name]
    magnitude = float(magnitudes[asked["magnitude"]].item()) if magnitudes.ndim > 0 else 0.0
    amount = magnitude * asked["sign"] if signed else magnitude
    return autoaugment._apply_op(image, name, amount, interpolation=InterpolationMode.NEAREST, fill=None)


def with_timm(image, asked):
    """Like timm, but with nearest-neighbour sampling and black borders, as torchvision has them by default."""
    operation = asked["operation"]
    name = torchvision_names[operation]
    if operation == "identity":
        return image
    if operation.startswith("translate"):
        name += "Rel"
    if asked["library"] == "timmIncreasing" and operation in increasing:
        name += "Increasing"
    auto_augment._randomly_negate = lambda value: asked["sign"] * value
    to_arguments = auto_augment.LEVEL_TO_ARG[name]
    arguments = to_arguments(asked["magnitude"], {}) if to_arguments else ()
    own = {"resample": Image.Resampling.NEAREST, "fillcolor": (0, 0, 0) if image.mode == "RGB" else 0}
    return auto_augment.NAME_TO_OP[name](image, *arguments, **own)


def crops(asked):
    height, width = asked["crops"]
    torch.manual_seed(0)
    image = Image.new("RGB", (width, height))
    draw = RandomResizedCrop.get_params
    return [draw(image, asked["area"], asked["aspect"]) for _ in range(asked["count"])]


commands = {"photos": written_photos, "photo": operated, "crops": crops}

if __name__ == "__main__":
    main()
