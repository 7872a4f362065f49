"""Writes the tiny Parquet files of test/data/images/formats/parquet/fixtures.json, each as base64 by its name.

Run with the environment of `npm run proof:containers:install`:
  PYTHON -B scripts/proof/containers/parquet-fixtures.py > test/data/images/formats/parquet/fixtures.json
"""
import base64
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, Image
from PIL import Image as Pillow

pictures = [bytes([0xFF, 0xD8, i]) for i in range(4)]
labels = [2, 0, 1, 2]
structs = [{"bytes": b, "path": f"{i}.jpg"} for i, b in enumerate(pictures)]
struct_type = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def written(table, **options):
    file = io.BytesIO()
    pq.write_table(table, file, store_schema=False, **options)
    return file.getvalue()


def plain(images=pictures, label=labels, image_type=None, **options):
    return written(pa.table({"image": pa.array(images, image_type), "label": label}), **options)


def hub(images=structs, label=labels):
    features = Features({"image": Image(), "label": ClassLabel(names=["owl", "cat", "dog"])})
    file = io.BytesIO()
    Dataset.from_dict({"image": images, "label": label}, features=features).to_parquet(file)
    return file.getvalue()


def colour(i):
    file = io.BytesIO()
    Pillow.new("RGB", (9 - i, 6 + i), tuple(255 if c == i else 0 for c in range(3))).save(file, "PNG")
    return {"bytes": file.getvalue(), "path": f"{i}.png"}


cifar = pa.table({"img": pa.array(structs, struct_type), "fine_label": labels, "coarse_label": [9, 9, 9, 9]})
files = {
    "hub": hub(),
    "colours": hub([colour(i) for i in range(3)], [0, 1, 2]),
    "plain": plain(),
    "groups": plain(row_group_size=3, use_dictionary=["label"], compression="none"),
    "pages": plain(write_batch_size=1, data_page_size=1, use_dictionary=False),
    "gzip": plain(compression="gzip"),
    "brotli": plain(compression="brotli"),
    "zstd": plain(compression="zstd"),
    "version 2": plain(data_page_version="2.0", use_dictionary=False),
    "version 2, dictionary": plain(data_page_version="2.0"),
    "required": written(
        pa.table(
            [pictures, labels],
            schema=pa.schema([pa.field("image", pa.binary(), nullable=False), pa.field("label", pa.int32(), nullable=False)]),
        ),
        compression="none",
    ),
    "delta": plain(use_dictionary=False, column_encoding={"image": "DELTA_LENGTH_BYTE_ARRAY", "label": "PLAIN"}),
    "checksums": plain(write_page_checksum=True, use_dictionary=False, compression="none"),
    "null images": plain([pictures[0], None, pictures[2], None]),
    "null structs": plain([structs[0], None, {"bytes": None, "path": "2.jpg"}, structs[3]], image_type=struct_type),
    "null labels": plain(label=[2, None, 1, 0]),
    "names": plain(label=["owl", "cat", "owl", "dog"]),
    "secret": plain(label=[-1, -1, -1, -1]),
    "lists": plain(label=[[1], [2], [0], [1]]),
    "floats": plain(label=[0.5, 1.0, 2.0, 3.0]),
    "cifar": written(cifar),
}
print(json.dumps({name: base64.b64encode(content).decode() for name, content in files.items()}, indent=2))
