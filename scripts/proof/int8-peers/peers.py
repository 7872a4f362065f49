"""Quantizes model.tflite and model.onnx of a folder as their makers' tools do: python peers.py FOLDER N H W C

calibration.f32 has N images of normalised pixels [N, H, W, C]. Writes them for onnx2tf as calibration.npy, quantizer.tflite
(AI Edge Quantizer, its recipe for int8 weights and activations) and runtime.onnx (ONNX Runtime's quantize_static: QDQ, a scale for each output channel, uint8
values, in which its kernels for x86 run every convolution in integers).
"""

import os
import sys

import numpy
from ai_edge_quantizer import algorithm_manager, qtyping, quantizer, recipe_manager
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

folder, shape = sys.argv[1], [int(extent) for extent in sys.argv[2:]]
images = numpy.fromfile(os.path.join(folder, "calibration.f32"), numpy.float32).reshape(shape)
path = lambda name: os.path.join(folder, name)


class Images(CalibrationDataReader):
    def __init__(self):
        self.left = iter(images.transpose(0, 3, 1, 2)[:, None])

    def get_next(self):
        image = next(self.left, None)
        return None if image is None else {"image": numpy.ascontiguousarray(image)}


def by_quantizer():
    """Quantizes as its recipe static_wi8_ai8 does, but leaves input and output in float32 like the other files."""
    operators, algorithms = qtyping.TFLOperationName, algorithm_manager.AlgorithmName
    recipe = recipe_manager.RecipeManager()
    supported = operators.ALL_SUPPORTED
    recipe.add_static_config(regex=".*", operation_name=supported, activation_num_bits=8, weight_num_bits=8)
    for end in (operators.INPUT, operators.OUTPUT):
        recipe.add_quantization_config(".*", end, algorithm_key=algorithms.NO_QUANTIZE)
    made = quantizer.Quantizer(path("model.tflite"), recipe.get_quantization_recipe())
    found = made.calibrate({"serving_default": [{"image": image[None]} for image in images]})
    made.quantize(found).export_model(path("quantizer.tflite"))


numpy.save(path("calibration.npy"), images)
# onnx2tf downloads this file of sample images unless it is there, although it does not use it with other images
numpy.save(path("calibration_image_sample_data_20x128x128x3_float32.npy"), numpy.zeros([20, 128, 128, 3], numpy.float32))
by_quantizer()
quantize_static(
    path("model.onnx"),
    path("runtime.onnx"),
    Images(),
    quant_format=QuantFormat.QDQ,
    per_channel=True,
    activation_type=QuantType.QUInt8,
    weight_type=QuantType.QInt8,
)
