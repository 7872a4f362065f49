/** Native TensorFlow as a backend of the tensor layer. */
import { Failure } from '#core/failure';
import { traced } from '#core/trace';
import { type Backend, callText, dataTypeOf, type Shape, type Tensor, type Values } from './tensor.js';
import { loadTensorFlow, type OpAttribute, type TensorFlowBinding } from './tensorflow.js';

export class TensorFlowBackend implements Backend {
  readonly name = 'tensorflow';
  readonly version: string;
  readonly isGpu: boolean;
  readonly isTensorFlowCpu: boolean;
  readonly #binding: TensorFlowBinding;

  /** @param threads  threads per op; by default that of `loadTensorFlow` */
  constructor(threads?: number) {
    const { binding, tensorflowVersion } = loadTensorFlow(threads === undefined ? {} : { threads });
    this.#binding = binding;
    this.version = tensorflowVersion;
    this.isGpu = binding.isUsingGpuDevice();
    this.isTensorFlowCpu = !this.isGpu; // on a GPU the public ops are the fast ones
  }

  run(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs: number): Tensor[] {
    const ids: number[] = [];
    for (const input of inputs) ids.push(input.id);
    try {
      return traced('kernel', op, () => this.#binding.executeOp(op, attributes, ids, outputs));
    } catch (error) {
      throw explained(op, inputs, error as Error);
    }
  }

  create(values: Values, shape: Shape): Tensor {
    const dtype = dataTypeOf(values);
    const id = traced('transfer', 'to TensorFlow', () => this.#binding.createTensor(shape, dtype, values));
    return { id, shape, dtype };
  }

  read(tensor: Tensor): Values {
    return traced('transfer', 'from TensorFlow', () => this.#binding.tensorDataSync(tensor.id));
  }

  dispose(tensor: Tensor): void {
    this.#binding.deleteTensor(tensor.id);
  }

  tensorsAlive(): number {
    return this.#binding.getNumOfTensors();
  }
}

function explained(op: string, inputs: readonly Tensor[], error: Error): Error {
  if (/OOM|ran out of memory|RESOURCE_EXHAUSTED|failed to allocate/i.test(error.message)) {
    const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
    return new Failure(
      'backend',
      `out of memory in ${op} of ${shapes}`,
      'try half the batch: --set batch=N for a training, --set search.batch=N for a search',
    );
  }
  error.message = `${callText(op, inputs)}: ${error.message}`;
  return error;
}
