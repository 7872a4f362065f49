// The Python environment of the benchmark: the libraries that it compares with, and scikit-image for its photographs.
import { pythonEnvironment, torchPins } from '../../python/environment.mjs';

export const dataEnvironment = pythonEnvironment('pictures', {
  ...torchPins,
  torchvision: '0.29.2',
  'tensorflow-cpu': '2.21.0',
  webdataset: '1.0.2',
  pillow: '13.0.0',
  'scikit-image': '0.26.0',
});
