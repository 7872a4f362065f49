// The Python environment of the proof: the libraries that it compares with, and scikit-image for its photographs.
import { pythonEnvironment, torchPins } from '../../python/environment.mjs';

export const augmentEnvironment = pythonEnvironment('augment', {
  ...torchPins,
  torchvision: '0.29.2',
  timm: '1.0.31',
  pillow: '13.0.0',
  'scikit-image': '0.26.0',
});
