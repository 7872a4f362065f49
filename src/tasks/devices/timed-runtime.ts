/** The runtimes in which networks are timed, in each precision. */
import type { ModelRuntime } from '#data/runtimes/model-runtimes';
import { floatLitertModel, int8LitertModel, litertRuntime } from './litert-subject.js';
import type { TimedRuntime } from './network-subject.js';
import { floatOnnxModel, int8OnnxModel, onnxRuntime } from './onnx-subject.js';

export type Precision = 'float32' | 'int8';

const opened: Readonly<Record<ModelRuntime, Record<Precision, (threads: number) => TimedRuntime>>> = {
  onnx: {
    float32: (threads) => onnxRuntime(threads, floatOnnxModel),
    int8: (threads) => onnxRuntime(threads, int8OnnxModel),
  },
  litert: {
    float32: (threads) => litertRuntime(threads, floatLitertModel),
    int8: (threads) => litertRuntime(threads, int8LitertModel),
  },
};

/** Opens a runtime; the caller closes it. */
export function openRuntime(name: ModelRuntime, precision: Precision, threads: number): TimedRuntime {
  return opened[name][precision](threads);
}
