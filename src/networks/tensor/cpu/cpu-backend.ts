/**
 * A backend in plain JavaScript, for following tiny examples: TensorFlow's ops by name on TensorFlow.js's `cpu`
 * backend. It needs no native addon, uses one thread and takes about 250 times as long (a training step of two blocks
 * on 16x16 images). It runs only on request (`--backend cpu`), never as a fallback for native TensorFlow.
 */
import { createRequire } from 'node:module';
import {
  type Backend,
  callText,
  dataType,
  dataTypeOf,
  type Shape,
  type Tensor,
  type Values,
} from '#networks/tensor/tensor';
import type { OpAttribute } from '#networks/tensor/tensorflow';
import { Attributes, type CpuOp, type OpTable, type Tf, type TfTensor } from './cpu-op.js';
import { cpuOps } from './cpu-ops.js';

/** Owns a TensorFlow.js tensor for each handle that it gives out, until the handle is disposed. */
export class CpuBackend implements Backend {
  readonly name = 'cpu';
  readonly version: string;
  readonly isGpu = false;
  readonly isTensorFlowCpu = false;
  readonly #tf: Tf;
  readonly #ops: OpTable;
  readonly #held = new Map<number, TfTensor>();
  #made = 0;

  /** Makes `cpu` TensorFlow.js's backend; loading native TensorFlow afterwards would replace it. */
  constructor() {
    const require = createRequire(import.meta.url);
    this.#tf = require('@tensorflow/tfjs-core') as Tf; // only now, since few commands need it
    require('@tensorflow/tfjs-backend-cpu'); // registers itself
    this.#tf.enableProdMode(); // no advice to install the native addon
    void this.#tf.setBackend('cpu'); // in force when it returns; the promise is for backends that start slowly
    this.#ops = cpuOps(this.#tf);
    this.version = `TensorFlow.js ${this.#tf.version_core}`;
  }

  run(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs: number): Tensor[] {
    const compute = this.#ops[op];
    if (compute === undefined) throw new Error(`${op}: the plain JavaScript backend has no such op`);
    const operands = inputs.map((input) => this.#tensorOf(input));
    const results = this.#tf.tidy(() => {
      try {
        return computed(compute, new Attributes(attributes), operands, outputs);
      } catch (error) {
        (error as Error).message = `${callText(op, inputs)}: ${(error as Error).message}`;
        throw error;
      }
    });
    return results.map((result) => this.#handle(result, dataTypes[result.dtype] as number));
  }

  create(values: Values, shape: Shape): Tensor {
    const isFloat = values instanceof Float32Array;
    const copy = isFloat ? values.slice() : Int32Array.from(values); // TensorFlow.js knows no bytes
    return this.#handle(this.#tf.tensor(copy, [...shape], isFloat ? 'float32' : 'int32'), dataTypeOf(values));
  }

  read(tensor: Tensor): Values {
    const values = this.#tensorOf(tensor).dataSync() as Values;
    return tensor.dtype === dataType.uint8 ? Uint8Array.from(values) : values.slice();
  }

  dispose(tensor: Tensor): void {
    const held = this.#tensorOf(tensor);
    this.#held.delete(tensor.id);
    if (!held.isDisposed) held.dispose(); // `DestroyResourceOp` has disposed a variable already
  }

  tensorsAlive(): number {
    return this.#held.size;
  }

  #handle(result: TfTensor, dtype: number): Tensor {
    const id = this.#made++;
    this.#held.set(id, this.#tf.keep(result)); // alive even if the caller runs inside `tidy`
    if (result instanceof this.#tf.Variable) return { id, shape: [], dtype: dataType.resource };
    return { id, shape: result.shape, dtype };
  }

  #tensorOf({ id }: Tensor): TfTensor {
    const held = this.#held.get(id);
    if (held === undefined) throw new Error(`tensor ${id} is not alive`);
    return held;
  }
}

/** The op's outputs; throws if the op ignores an attribute or has another number of outputs. */
function computed(compute: CpuOp, attributes: Attributes, operands: readonly TfTensor[], outputs: number): TfTensor[] {
  const results = [compute(attributes, ...operands)].flat();
  const unread = attributes.unread();
  if (unread.length > 0) throw new Error(`the plain JavaScript backend knows no attribute ${unread.join(', ')} here`);
  if (results.length !== outputs) throw new Error(`expected ${outputs} outputs; got ${results.length}`);
  return results;
}

const dataTypes: Readonly<Record<string, number>> = {
  float32: dataType.float32,
  int32: dataType.int32,
  bool: dataType.bool,
};
