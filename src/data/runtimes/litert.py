"""Computes the logits of images with a model of LiteRT: python litert.py MODEL BATCH WAYS < PIXELS > JSON

PIXELS are float32 of whole batches; WAYS is all, or xnnpack for the interpreter with XNNPACK alone. The answer has the
version, the logits by each interface, and how many of the model's operators XNNPACK executes.
"""

import json
import os
import sys
from importlib.metadata import version

import numpy
from ai_edge_litert.compiled_model import CompiledModel
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from litert_operators import shares

signature = "serving_default"


def main():
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the runtime prints to both
    model, batch, ways = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    fast = Interpreter(model_path=model, experimental_op_resolver_type=OpResolverType.BUILTIN)
    shape = [batch, *fast.get_input_details()[0]["shape"][1:].tolist()]
    batches = numpy.frombuffer(sys.stdin.buffer.read(), numpy.float32).reshape(-1, *shape)
    logits = [by_interpreter(fast, batches)]
    if ways == "all":
        logits.append(by_interpreter(Interpreter(model, experimental_op_resolver_type=plain), batches))
        logits.append(by_compiled_model(model, batches))
    ops, delegated = shares(fast)
    found = {"version": version("ai-edge-litert"), "ops": ops, "delegated": delegated}
    json.dump({**found, "logits": [numpy.ravel(values).tolist() for values in logits]}, answer)


plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES


def by_interpreter(interpreter, batches):
    [entry] = interpreter.get_input_details()
    if entry["shape"][0] != batches.shape[1]:
        interpreter.resize_tensor_input(entry["index"], batches.shape[1:], strict=True)
    run = interpreter.get_signature_runner(signature)
    [name] = run.get_input_details()
    return [next(iter(run(**{name: batch}).values())) for batch in batches]


def by_compiled_model(model, batches):
    compiled = CompiledModel.from_file(model)
    [name] = compiled.get_signature_list()[signature]["inputs"]
    if compiled.get_input_tensor_details(signature)[name]["shape"][0] != batches.shape[1]:
        compiled.resize_input_tensor(0, batches.shape[1:])
    [entry], [output] = compiled.create_input_buffers(0), compiled.create_output_buffers(0)
    [described] = compiled.get_output_tensor_details(signature).values()
    logits = []
    for batch in batches:
        entry.write(batch)
        compiled.run_by_index(0, [entry], [output])
        logits.append(output.read(batches.shape[1] * described["shape"][-1], numpy.float32).copy())
    return logits


main()
