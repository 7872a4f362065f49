"""Other libraries' input pipelines as a server: a line in, seconds and CPU seconds of a pass over the images out.

Arguments: a way of `ways`, a JSON file with the paths of the pictures, the number of images of a pass, the batch, and
the number of workers. Every way yields batches of random crops [batch, 224, 224, 3] or [batch, 3, 224, 224] of 8 bits.
Workers start before the first line is written and stay.
"""

import functools
import importlib.metadata
import json
import math
import multiprocessing
import os
import random
import sys
import tempfile
import time

side = 224
packages = ["torch", "torchvision", "pillow", "tensorflow-cpu", "webdataset"]


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else prints
    way, paths, *numbers = sys.argv[1:]
    with open(paths, encoding="utf8") as file:
        passes = ways[way](json.load(file), *map(int, numbers))
    passed(passes, int(numbers[0]))
    print(json.dumps({name: importlib.metadata.version(name) for name in packages}), file=answers, flush=True)
    for _ in sys.stdin:
        print(json.dumps(passed(passes, int(numbers[0]))), file=answers, flush=True)


def passed(passes, images):
    """The seconds of a pass over `images` images, and those of CPU time."""
    started, started_cpu = time.perf_counter(), cpu_seconds()
    n = 0
    for batch in passes():
        shape = tuple(batch.shape)
        if sorted(shape[1:]) != [3, side, side] or "uint8" not in str(batch.dtype):
            raise ValueError(f"expected images of {side}x{side} pixels of 8 bits; got {shape} of {batch.dtype}")
        n += shape[0]
    if n != images:
        raise ValueError(f"expected {images} images; got {n}")
    return {"seconds": time.perf_counter() - started, "cpu": cpu_seconds() - started_cpu}


def cpu_seconds():
    """The CPU time of this process and its worker processes so far."""
    return time.process_time() + sum(process_seconds(child.pid) for child in multiprocessing.active_children())


def process_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Pictures:
    """A PyTorch data set over files, which are taken in turn."""

    def __init__(self, paths, images, read):
        self.paths, self.images, self.read = paths, images, read

    def __len__(self):
        return self.images

    def __getitem__(self, i):
        return self.read(self.paths[i % len(self.paths)])


def torch_loader(read, paths, images, batch, workers):
    from torch.utils.data import DataLoader

    data = Pictures(paths, images, read)
    loader = DataLoader(data, batch, shuffle=True, num_workers=workers, persistent_workers=True)
    return lambda: iter(loader)


@functools.cache
def pillow_transforms():
    from torchvision import transforms

    return transforms.Compose(
        [transforms.RandomResizedCrop(side), transforms.RandomHorizontalFlip(), transforms.PILToTensor()]
    )


def pillow_read(path):
    from PIL import Image

    with Image.open(path) as image:
        return pillow_transforms()(image.convert("RGB"))


@functools.cache
def tensor_transforms():
    from torchvision.transforms import v2

    return v2.Compose([v2.RandomResizedCrop(side, antialias=True), v2.RandomHorizontalFlip()])


def tensor_read(path):
    from torchvision.io import ImageReadMode, decode_jpeg, read_file

    return tensor_transforms()(decode_jpeg(read_file(path), mode=ImageReadMode.RGB))


def tf_data(antialias, paths, images, batch, workers):
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(workers)
    tf.config.threading.set_intra_op_parallelism_threads(1)

    def read(path, crop):
        image = tf.image.decode_and_crop_jpeg(tf.io.read_file(path), crop, channels=3)
        image = tf.image.resize(image, [side, side], antialias=antialias)
        return tf.image.random_flip_left_right(tf.cast(tf.round(image), tf.uint8))

    taken = [paths[i % len(paths)] for i in range(images)]
    data = tf.data.Dataset.from_tensor_slices((taken, drawn_crops(taken))).shuffle(images)
    data = data.map(read, num_parallel_calls=workers, deterministic=False).batch(batch).prefetch(2)
    options = tf.data.Options()
    options.threading.private_threadpool_size = workers
    data = data.with_options(options)
    return lambda: iter(data)


def drawn_crops(paths):
    """Inception crops [top, left, height, width], drawn before the passes: `sample_distorted_bounding_box` draws heights
    evenly instead of areas, so that its crops of 500x375 pixels cover 37 % of them on average, not 43 %."""
    from PIL import Image

    draw = random.Random(1)
    crops = []
    for path in paths:
        with Image.open(path) as image:
            crops.append(drawn_crop(*image.size, draw))
    return crops


def drawn_crop(width, height, draw):
    for _ in range(10):
        pixels = width * height * draw.uniform(0.08, 1)
        aspect = math.exp(draw.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(pixels * aspect)), round(math.sqrt(pixels / aspect))
        if w <= width and h <= height:
            return draw.randint(0, height - h), draw.randint(0, width - w), h, w
    w, h = min(width, round(height * 4 / 3)), min(height, round(width * 4 / 3))
    return (height - h) // 2, (width - w) // 2, h, w


def web_dataset(paths, images, batch, workers):
    import webdataset

    folder = tempfile.TemporaryDirectory(prefix="mnv4-webdataset-")
    keep.append(folder)
    for shard in range(workers):
        with webdataset.TarWriter(f"{folder.name}/{shard:06d}.tar") as tar:
            for i in range(shard, len(paths), workers):
                with open(paths[i], "rb") as file:
                    tar.write({"__key__": f"{i:06d}", "jpg": file.read()})
    times = images // len(paths) + 1  # a pass of each worker's shard, and more for a batch across its end
    shards = [f"{folder.name}/{shard:06d}.tar" for shard in range(workers)] * times
    data = webdataset.WebDataset(shards, shardshuffle=False).shuffle(256).decode("pil").to_tuple("jpg")
    data = data.map_tuple(pillow_transforms()).batched(batch).with_epoch(images // batch // workers)
    loader = webdataset.WebLoader(data, batch_size=None, num_workers=workers, persistent_workers=True)
    return lambda: (images for (images,) in loader)


keep = []  # folders, until the process ends
ways = {
    "pillow": functools.partial(torch_loader, pillow_read),
    "torchvision": functools.partial(torch_loader, tensor_read),
    "tfdata": functools.partial(tf_data, True),
    "tfdata-plain": functools.partial(tf_data, False),
    "webdataset": web_dataset,
}

if __name__ == "__main__":
    main()
