"""Writes pictures of every kind, and what Pillow and torchvision make of them.

Argument: a folder. Writes `NAME`, the encoded picture, and for each library and view `NAME.LIBRARY.VIEW`, raw RGB
pixels; prints JSON: versions, and for each picture its kind, file, and results with library, view and file.
"""

import importlib.metadata
import io
import json
import os
import struct
import sys
import zlib

import numpy as np
import skimage.data
import torch
from PIL import Image, ImageOps
from torchvision.io import ImageReadMode, decode_image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

folder = sys.argv[1]
packages = ["pillow", "torch", "torchvision", "scikit-image"]
photographs = ["astronaut.png", "coffee.png", "chelsea.png"]

# (left, top, right, bottom) of an image of `width` and `height` pixels, and the target's width and height
views = {
    "whole": None,
    "shrunk": lambda width, height: ((10, 5, width - 7, height - 3), (48, 37)),
    "grown": lambda width, height: ((20, 20, 60, 65), (224, 224)),
    "both": lambda width, height: ((0, 0, width, height), (2 * width, height // 2)),
}


def main():
    results = []
    for photograph in photographs:
        path = os.path.join(os.path.dirname(skimage.data.__file__), photograph)
        image = Image.open(path).convert("RGB")
        image = Image.fromarray(np.array(image.crop((40, 30, 341, 233))))  # without a profile; odd sides, which no block of a codec divides
        for kind, (extension, encoded) in kinds(image).items():
            name = f"{photograph[:-4]}-{kind.replace(' ', '-').replace(':', '')}.{extension}"
            write(name, encoded)
            results.append({"kind": kind, "file": name, "results": [*by_pillow(name), *by_torchvision(name)]})
    versions = {package: importlib.metadata.version(package) for package in packages}
    print(json.dumps({"versions": versions, "pictures": results}))


def kinds(image):
    alpha = np.array(image.convert("RGBA"))
    alpha[..., 3] = np.arange(alpha.shape[1]) % 256
    alpha = Image.fromarray(alpha)
    found = {
        "JPEG 4:4:4": ("jpg", encoded(image, "JPEG", quality=90, subsampling="4:4:4")),
        "JPEG 4:2:2": ("jpg", encoded(image, "JPEG", quality=90, subsampling="4:2:2")),
        "JPEG 4:2:0": ("jpg", encoded(image, "JPEG", quality=90, subsampling="4:2:0")),
        "JPEG grey": ("jpg", encoded(image.convert("L"), "JPEG", quality=90)),
        "JPEG CMYK": ("jpg", encoded(image.convert("CMYK"), "JPEG", quality=95)),
        "JPEG progressive": ("jpg", encoded(image, "JPEG", quality=85, progressive=True)),
        "PNG": ("png", encoded(image, "PNG")),
        "PNG grey": ("png", encoded(image.convert("L"), "PNG")),
        "PNG palette": ("png", encoded(image.convert("P"), "PNG")),
        "PNG alpha": ("png", encoded(alpha, "PNG")),
        "PNG grey alpha": ("png", encoded(alpha.convert("LA"), "PNG")),
        "PNG 16 bits RGB": ("png", png16(image, 2)),
        "PNG 16 bits RGB alpha": ("png", png16(alpha, 6)),
        "PNG 16 bits grey": ("png", png16(image.convert("L"), 0)),
        "WebP lossy": ("webp", encoded(image, "WEBP", quality=80)),
        "WebP lossless": ("webp", encoded(image, "WEBP", lossless=True)),
        "WebP lossy alpha": ("webp", encoded(alpha, "WEBP", quality=80)),
        "WebP lossless alpha": ("webp", encoded(alpha, "WEBP", lossless=True, exact=True)),
        "GIF": ("gif", encoded(image, "GIF")),
    }
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        found[f"JPEG EXIF {orientation}"] = ("jpg", encoded(image, "JPEG", quality=90, exif=exif))
    return found


def encoded(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def png16(image, colour_type):
    """A PNG picture of 16 bits per channel, which Pillow does not write, with random lower bytes."""
    upper = np.array(image).reshape(image.height, image.width, -1).astype(np.uint16)
    pixels = upper << 8 | np.random.default_rng(1).integers(0, 256, upper.shape, dtype=np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", image.width, image.height, 16, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def by_pillow(name):
    image = ImageOps.exif_transpose(Image.open(os.path.join(folder, name))).convert("RGB")
    for view, place in views.items():
        box, size = place(*image.size) if place else (None, None)
        part = image.crop(box).resize(size, Image.Resampling.BILINEAR) if place else image
        yield written(name, "Pillow", view, box, part.size, part.tobytes())


def by_torchvision(name):
    """The tensor path; torchvision decodes no CMYK; 16 bits and GIF are compared as decoded."""
    with open(os.path.join(folder, name), "rb") as file:
        data = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)
    try:
        image = decode_image(data, mode=ImageReadMode.RGB, apply_exif_orientation=True)
    except RuntimeError as error:
        print(f"{name}: torchvision: {str(error).splitlines()[0]}", file=sys.stderr)
        return
    if image.dtype == torch.uint16:
        image = (image.to(torch.int32) >> 8).to(torch.uint8)
    if image.dim() == 4:  # frames
        image = image[0]
    for view, place in views.items():
        box, size = place(image.shape[2], image.shape[1]) if place else (None, None)
        part = image
        if place:
            left, top, right, bottom = box
            shape, bilinear = [size[1], size[0]], InterpolationMode.BILINEAR
            part = functional.resized_crop(image, top, left, bottom - top, right - left, shape, bilinear, True)
        pixels = part.permute(1, 2, 0).contiguous().numpy().tobytes()
        yield written(name, "torchvision", view, box, (part.shape[2], part.shape[1]), pixels)


def written(name, library, view, box, size, pixels):
    file = f"{name}.{library}.{view}"
    write(file, pixels)
    return {"library": library, "view": view, "box": box, "size": size, "file": file}


def write(name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


main()
