"""Writes the same pictures with webdataset, TensorFlow, datasets and pyarrow below a folder, and what they are.

usage: write.py FOLDER
`rows.json` has, per set and part, the class name and the SHA-256 of the encoded picture of each row.
"""
import hashlib
import io
import json
import os
import sys

import numpy
import pyarrow
import pyarrow.parquet as parquet
import tensorflow
import webdataset
from datasets import ClassLabel, Dataset, Features, Image
from PIL import Image as Pillow

root = sys.argv[1]
names = ["owl", "Cat", "dog", "émeu"]
random = numpy.random.default_rng(20)
os.environ["HF_HUB_OFFLINE"] = "1"


def picture(i):
    size = [int(side) for side in random.integers(16, 200, 2)]
    file = io.BytesIO()
    pixels = random.integers(0, 256, (*size, 3), dtype=numpy.uint8)
    Pillow.fromarray(pixels).save(file, ("JPEG", "PNG", "WEBP")[i % 3])
    return file.getvalue(), ("jpg", "png", "webp")[i % 3], int(random.integers(4))


parts = {"train": [picture(i) for i in range(500)], "validation": [picture(i) for i in range(100)]}


def folder(name):
    os.makedirs(os.path.join(root, name))
    return lambda file: os.path.join(root, name, file)


def tar():
    at = folder("webdataset")
    for part, rows in parts.items():
        with webdataset.ShardWriter(at(f"{part}-%06d.tar"), maxcount=64, verbose=0) as shards:
            for i, (data, ending, label) in enumerate(rows):
                shards.write({"__key__": f"{part}/{i:08d}", ending: data, "cls": label, "json": {"name": names[label]}})


def records():
    at = folder("tfrecord")
    feature = lambda **values: tensorflow.train.Feature(**values)
    for part, rows in parts.items():
        for shard in range(2):
            with tensorflow.io.TFRecordWriter(at(f"{part}-{shard:05d}-of-00002")) as writer:
                for data, _, label in rows[shard * len(rows) // 2 : (shard + 1) * len(rows) // 2]:
                    text = tensorflow.train.BytesList(value=[names[label].encode()])
                    features = {
                        "image/encoded": feature(bytes_list=tensorflow.train.BytesList(value=[data])),
                        "image/class/label": feature(int64_list=tensorflow.train.Int64List(value=[label + 1])),
                        "image/class/text": feature(bytes_list=text),
                    }
                    example = tensorflow.train.Example(features=tensorflow.train.Features(feature=features))
                    writer.write(example.SerializeToString())


def hub():
    at = folder("datasets")
    features = Features({"image": Image(), "label": ClassLabel(names=names)})
    for part, rows in parts.items():
        images = [{"bytes": data, "path": f"{i}.{ending}"} for i, (data, ending, _) in enumerate(rows)]
        columns = {"image": images, "label": [label for _, _, label in rows]}
        Dataset.from_dict(columns, features=features).to_parquet(at(f"{part}-00000-of-00001.parquet"), batch_size=200)


def plain(name, **options):
    at = folder(name)
    for part, rows in parts.items():
        table = pyarrow.table({"image": [data for data, _, _ in rows], "label": [names[label] for _, _, label in rows]})
        parquet.write_table(table, at(f"{part}.parquet"), **options)


tar()
records()
hub()
plain("pyarrow")
plain("pyarrow, small pages", write_batch_size=16, use_dictionary=False, compression="none")
plain("pyarrow, gzip, version 2", compression="gzip", data_page_version="2.0", write_page_checksum=True)
rows = {
    part: [[names[label], hashlib.sha256(data).hexdigest()] for data, _, label in rows] for part, rows in parts.items()
}
versions = {module.__name__: module.__version__ for module in (webdataset, tensorflow, pyarrow)}
with open(os.path.join(root, "rows.json"), "w", encoding="utf-8") as file:
    json.dump({"names": names, "rows": rows, "versions": versions}, file)
