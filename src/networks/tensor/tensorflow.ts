/**
 * Native TensorFlow under the tensor layer: TensorFlow.js's addon for Node, which set-up compiled, loaded once per
 * process with the settings that our measurements favour. A missing or broken addon is a failure with a remedy, never a
 * silent fallback.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { addonFile, nativeFolder, setUpCommand } from '#core/files/package-folder';
import { usableCores } from '#core/machine/cores';
import { processorId } from '#core/machine/processor';
import { setTensorFlowEnvironment } from '#core/machine/tensorflow-environment';
import type { HostKernels } from './host-kernels.js';

/** An output of an op; `id` is the handle that `deleteTensor` frees. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** An attribute of an op, such as `{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }`. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[] | object;
}

type DataTypeName = 'FLOAT' | 'INT32' | 'INT64' | 'BOOL' | 'COMPLEX64' | 'STRING' | 'RESOURCE' | 'UINT8';
type AttributeTypeName = 'STRING' | 'INT' | 'FLOAT' | 'BOOL' | 'TYPE' | 'SHAPE' | 'RESOURCE';

/** The addon. The creator of a tensor id owns and deletes it; `tf.memory()` does not count these tensors. */
export interface TensorFlowBinding
  extends Readonly<Record<`TF_${DataTypeName}` | `TF_ATTR_${AttributeTypeName}`, number>> {
  readonly TF_Version: string;
  /**
   * Id of a tensor of `values`, a typed array that matches `dtype`; it may share their memory where that is aligned.
   */
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  /** A copy of the values. */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  /** Runs any TensorFlow op by name; the caller owns inputs and outputs. */
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
}

export interface LoadedTensorFlow {
  readonly binding: TensorFlowBinding;
  readonly tensorflowVersion: string;
  /** Threads that one op may use. */
  readonly threads: number;
  /** Our own kernels, which the addon of `native/` adds to TensorFlow's. */
  readonly kernels: { readonly available: boolean; readonly detail: string; readonly addon?: KernelsAddon };
}

/** The addon of our kernels; `multipliesHalf` if the processor multiplies pairs of bfloat16. */
type KernelsAddon = HostKernels & { readonly multipliesHalf: boolean };

const addonName = 'tfjs_binding';

let loaded: LoadedTensorFlow | undefined;

/**
 * Native TensorFlow of this process, loaded by the first call.
 *
 * @param threads  threads per op; by default TF_NUM_INTRAOP_THREADS, else the cores this process may use. TensorFlow
 *                 reads it once, so a later call may leave it out or repeat it.
 * @throws Failure `backend` when the addon is not built, does not load or cannot start
 */
export function loadTensorFlow({ threads }: { readonly threads?: number } = {}): LoadedTensorFlow {
  loaded ??= load(threads ?? (Number(process.env['TF_NUM_INTRAOP_THREADS']) || usableCores()));
  if (threads !== undefined && threads !== loaded.threads) {
    throw new Error(`TensorFlow runs with ${loaded.threads} threads already; it cannot change to ${threads}`);
  }
  return loaded;
}

/** Services of our kernels for the workers of this host; no-ops before the kernels are loaded, and without them. */
export const hostKernels: HostKernels = {
  share: (descriptor, offset, workers) => loaded?.kernels.addon?.share(descriptor, offset, workers),
  wait: (waits) => loaded?.kernels.addon?.wait(waits),
  map: (descriptor, bytes) => loaded?.kernels.addon?.map(descriptor, bytes),
  addUp: (parts, factor, to) => loaded?.kernels.addon?.addUp(parts, factor, to),
};

/** True if set-up has installed native TensorFlow; it need not load. */
export function isTensorFlowSetUp(): boolean {
  return existsSync(addonFile(addonName));
}

function load(threads: number): LoadedTensorFlow {
  const remedy = `run ${setUpCommand()}, which installs and checks native TensorFlow`;
  if (!isTensorFlowSetUp()) throw new Failure('backend', 'native TensorFlow is not set up', remedy);
  setEnvironment(threads);
  const require = createRequire(import.meta.url);
  try {
    const binding = require(addonFile(addonName)) as TensorFlowBinding;
    return { binding, tensorflowVersion: binding.TF_Version, threads, kernels: loadKernels(require) };
  } catch (error) {
    throw new Failure('backend', `native TensorFlow does not load: ${firstLine(error)}`, remedy);
  }
}

/** Sets the environment variables that TensorFlow reads when its library is loaded and when it starts. */
function setEnvironment(threads: number): void {
  setTensorFlowEnvironment();
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] = String(threads);
}

/** True if set-up installed TensorFlow with CUDA. */
export function hasCuda(): boolean {
  return existsSync(join(nativeFolder(), 'deps', 'nvidia'));
}

/** Loads the kernels compiled for this very processor, if there are any; MNV4_KERNELS=tensorflow turns them off. */
function loadKernels(require: NodeJS.Require): LoadedTensorFlow['kernels'] {
  if (process.env['MNV4_KERNELS'] === 'tensorflow') {
    return { available: false, detail: 'turned off by MNV4_KERNELS=tensorflow' };
  }
  const file = addonFile(`mnv4_kernels-${processorId()}`);
  if (!existsSync(file)) {
    return { available: false, detail: "none compiled for this processor; TensorFlow's take about twice as long" };
  }
  try {
    return { available: true, detail: 'compiled for this processor', addon: require(file) as KernelsAddon };
  } catch (error) {
    return { available: false, detail: `do not load: ${firstLine(error)}` };
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}
