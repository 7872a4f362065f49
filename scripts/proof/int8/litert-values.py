"""Writes every value of a model of LiteRT for one batch: python litert-values.py MODEL KERNELS < PIXELS > VALUES

KERNELS is reference or builtin. PIXELS are float32 of one batch. VALUES are the tensors' bytes, one after the other in the
order of their indices; constants and tensors of other types than int8 and float32 are left out.
"""

import os
import sys

import numpy
from ai_edge_litert.interpreter import Interpreter, OpResolverType

resolvers = {"reference": OpResolverType.BUILTIN_REF, "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}

answer = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # the runtime prints to both
model, kernels = sys.argv[1:]
interpreter = Interpreter(
    model, experimental_op_resolver_type=resolvers[kernels], experimental_preserve_all_tensors=True
)
interpreter.allocate_tensors()
[entry] = interpreter.get_input_details()
pixels = numpy.frombuffer(sys.stdin.buffer.read(), numpy.float32).reshape(entry["shape"])
interpreter.set_tensor(entry["index"], pixels)
interpreter.invoke()
computed = {entry["index"], *(output for node in interpreter._get_ops_details() for output in node["outputs"])}
for index in sorted(computed):
    answer.write(interpreter.get_tensor(index).tobytes())
