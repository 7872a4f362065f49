// The Python environments of the peers, which quantize the float32 files of an export.
import { pythonEnvironment } from '../../python/environment.mjs';

export const peersEnvironment = pythonEnvironment('int8-peers', {
  'ai-edge-quantizer': '0.10.0',
  'ai-edge-litert': '2.3.0',
  onnx: '1.23.2',
  onnxruntime: '1.32.0',
  numpy: '2.4.6',
});

/** A separate one, since onnx2tf needs earlier versions of the others' packages. */
export const onnx2tfEnvironment = pythonEnvironment('int8-peers-onnx2tf', { onnx2tf: '1.29.24' });
