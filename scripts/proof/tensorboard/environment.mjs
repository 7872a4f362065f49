// The Python environment of the proof: TensorBoard itself.
import { pythonEnvironment } from '../../python/environment.mjs';

export const tensorBoardEnvironment = pythonEnvironment('tensorboard', { tensorboard: '2.21.0' });
