/** The runtimes in which networks are timed, each with the precisions that it has. */
import { Failure } from '#core/failure';
import { floatLitertModel, int8LitertModel, litertRuntime } from './litert-subject.js';
import type { TimedRuntime } from './network-subject.js';
import { floatOnnxModel, onnxRuntime } from './onnx-subject.js';

export const runtimeNames = ['onnx', 'litert'] as const;
export type RuntimeName = (typeof runtimeNames)[number];
export type Precision = 'float32' | 'int8';

type Opened = Partial<Record<Precision, (threads: number) => TimedRuntime>>;

const opened: Readonly<Record<RuntimeName, Opened>> = {
  onnx: {
    float32: (threads) => onnxRuntime(threads, floatOnnxModel),
  },
  litert: {
    float32: (threads) => litertRuntime(threads, floatLitertModel),
    int8: (threads) => litertRuntime(threads, int8LitertModel),
  },
};

/** Opens a runtime; a usage failure if it has no such precision. The caller closes it. */
export function openRuntime(name: RuntimeName, precision: Precision, threads: number): TimedRuntime {
  const open = opened[name][precision];
  if (open !== undefined) return open(threads);
  const problem = `--int8: expected --runtime litert, since networks are not written in int8 for ONNX yet; got ${name}`;
  throw new Failure('usage', problem);
}
