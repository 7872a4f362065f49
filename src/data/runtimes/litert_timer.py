"""Times models of LiteRT on request: python litert_timer.py THREADS, one JSON request and one JSON answer a line

{"load": FILE, "profile": BOOL} answers with the version, the number of the model's operators and how many of them XNNPACK
executes; models are numbered in the order in which they are loaded. {"model": I, "times": N} runs one N times and answers
with the ms of each run, its ms on the processor, whether the system took the processor away during it and, for a profiled
model, the names of what the runtime executed and the microseconds of each run.
"""

import json
import os
import resource
import sys
import time
from importlib.metadata import version

import numpy
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from litert_operators import shares
from litert_profile import ProfiledModel


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the runtime prints to both
    threads, models = int(sys.argv[1]), []
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request:
            model, answer = loaded(request["load"], request["profile"], threads)
            models.append(model)
        else:
            answer = timed(models[request["model"]], request["times"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def loaded(file, profile, threads):
    interpreter = Interpreter(
        file, num_threads=threads, experimental_op_resolver_type=OpResolverType.BUILTIN
    )
    interpreter.allocate_tensors()
    ops, delegated = shares(interpreter)
    answer = {"version": version("ai-edge-litert"), "ops": ops, "delegated": delegated}
    [entry], [output] = interpreter.get_input_details(), interpreter.get_output_details()
    noise = numpy.random.default_rng(1).uniform(-1, 1, entry["shape"]).astype(numpy.float32)
    if profile:
        return ProfiledModel(file, threads, noise, output["shape"].tolist()), answer
    interpreter.set_tensor(entry["index"], noise)
    return PlainModel(interpreter), answer


class PlainModel:
    def __init__(self, interpreter):
        self.interpreter = interpreter

    def run(self):
        self.interpreter.invoke()


def timed(model, times):
    runs, names, microseconds = [], [], []
    for _ in range(times):
        before, busy, start = switches(), time.process_time_ns(), time.perf_counter_ns()
        model.run()
        ms = (time.perf_counter_ns() - start) / 1e6
        busy_ms = (time.process_time_ns() - busy) / 1e6
        runs.append({"ms": ms, "busyMs": busy_ms, "interrupted": switches() > before})
        if isinstance(model, ProfiledModel):
            names, run = model.events()
            microseconds.append(run)
    return {"runs": runs, "names": names, "us": microseconds}


def switches():
    """How often the system has taken the processor from this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


main()
