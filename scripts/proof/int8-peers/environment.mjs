// The Python environment of the peers, which quantize the float32 files of an export.
import { pythonEnvironment } from '../../python/environment.mjs';

export const peersEnvironment = pythonEnvironment('int8-peers', {
  'ai-edge-quantizer': '0.10.0',
  'ai-edge-litert': '2.3.0',
  onnx: '1.23.2',
  onnxruntime: '1.32.0',
  numpy: '2.4.6',
});
