// The Python environment of the proof, with the versions of the programs that it compares with.
import { pythonEnvironment, torchPins } from '../../python/environment.mjs';

export const interopEnvironment = pythonEnvironment('interop', {
  ...torchPins,
  torchvision: '0.29.2',
  timm: '1.0.31',
  onnx: '1.23.2',
  onnxruntime: '1.32.0',
  safetensors: '0.8.0',
});
