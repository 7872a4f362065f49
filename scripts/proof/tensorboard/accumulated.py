"""Prints what TensorBoard's EventAccumulator reads in a run folder, as JSON: scalars, histograms and texts by tag."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})  # all values
accumulator.Reload()
tags = accumulator.Tags()
found = {
    "scalars": {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]},
    "histograms": {},
    "text": {},
}
for tag in tags["tensors"]:
    events = [(e.step, tensor_util.make_ndarray(e.tensor_proto)) for e in accumulator.Tensors(tag)]
    plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
    shown = (lambda text: text.item().decode()) if plugin == "text" else (lambda buckets: buckets.tolist())
    found[plugin][tag] = [[step, shown(value)] for step, value in events]
print(json.dumps(found))
