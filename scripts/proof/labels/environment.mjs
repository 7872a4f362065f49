// The Python environment of the proof of labels.
import { pythonEnvironment, torchPins } from '../../python/environment.mjs';

export const labelsEnvironment = pythonEnvironment('labels', { ...torchPins, torchvision: '0.29.2' });
