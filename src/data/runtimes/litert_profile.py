"""Runs a model with LiteRT's profiler, which only its C interface offers: ai-edge-litert 2.3.0, libLiteRt.so.

XNNPACK's operators are among the profiler's events, so that nothing has to be run otherwise than users run it.
"""

import ctypes
import os
from ctypes import byref, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

import ai_edge_litert

library = ctypes.CDLL(os.path.join(os.path.dirname(ai_edge_litert.__file__), "libLiteRt.so"))
on_cpu, float32, for_writing = 1, 1, 1  # values of the interface's enums
operator, operator_of_delegate = 1 << 1, 1 << 3  # kinds of events: by a kernel of LiteRT, by one of XNNPACK


class Layout(ctypes.Structure):
    _fields_ = [("rank", c_uint32), ("extents", c_int32 * 8), ("strides", c_uint32 * 8)]


class TensorType(ctypes.Structure):
    _fields_ = [("element", c_int), ("layout", Layout)]


class Event(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("kind", c_int),
        ("start", c_uint64),
        ("microseconds", c_uint64),
        ("memory", c_int64 * 6),
        ("metadata", c_uint64 * 2),
        ("source", c_int),
    ]


def call(function, *arguments):
    status = getattr(library, function)(*arguments)
    if status != 0:
        raise RuntimeError(f"{function}: status {status}")


def made(function, *arguments):
    """The handle that a function of the interface stores in its last argument."""
    handle = c_void_p()
    call(function, *arguments, byref(handle))
    return handle


@ctypes.CFUNCTYPE(None, c_void_p)
def kept(_):
    """Frees nothing: the texts of options belong to Python."""


class ProfiledModel:
    """A model with an input and an output of float32."""

    def __init__(self, file, threads, values, output_shape):
        self.environment = made("LiteRtCreateEnvironment", 0, None)
        model = made("LiteRtCreateModelFromFile", self.environment, file.encode())
        self.model = made("LiteRtCreateCompiledModel", self.environment, model, self.options(threads))
        self.profiler = made("LiteRtCompiledModelGetProfiler", self.model)
        self.input = self.buffer("Input", values.shape)
        self.output = self.buffer("Output", output_shape)
        place = c_void_p()
        call("LiteRtLockTensorBuffer", self.input, byref(place), for_writing)
        ctypes.memmove(place, values.tobytes(), values.nbytes)
        call("LiteRtUnlockTensorBuffer", self.input)

    def options(self, threads):
        options = made("LiteRtCreateOptions")
        call("LiteRtSetOptionsHardwareAccelerators", options, on_cpu)
        texts = {"runtime_options_string": "enable_profiling = true\n", "xnnpack": f"num_threads = {threads}\n"}
        self.texts = [ctypes.create_string_buffer(text.encode()) for text in texts.values()]
        for name, text in zip(texts, self.texts):
            part = made("LiteRtCreateOpaqueOptions", name.encode(), text, kept)
            call("LiteRtAddOpaqueOptions", options, part)
        return options

    def buffer(self, side, shape):
        kind = TensorType(float32, Layout(len(shape), (c_int32 * 8)(*shape)))
        first = c_size_t(0)
        needs = made(f"LiteRtGetCompiledModel{side}BufferRequirements", self.model, first, first)
        return made("LiteRtCreateManagedTensorBufferFromRequirements", self.environment, byref(kind), needs)

    def run(self):
        call("LiteRtResetProfiler", self.profiler)
        call("LiteRtStartProfiler", self.profiler)
        one, first = c_size_t(1), c_size_t(0)
        entries, outputs = (c_void_p * 1)(self.input), (c_void_p * 1)(self.output)
        call("LiteRtRunCompiledModel", self.model, first, one, entries, one, outputs)
        call("LiteRtStopProfiler", self.profiler)

    def events(self):
        """Names and microseconds of what the last run executed, in its order."""
        count = c_int()
        call("LiteRtGetNumProfilerEvents", self.profiler, byref(count))
        events = (Event * count.value)()
        call("LiteRtGetProfilerEvents", self.profiler, count, events)
        found = [event for event in events if event.kind in (operator, operator_of_delegate)]
        return [event.name.decode() for event in found], [event.microseconds for event in found]
