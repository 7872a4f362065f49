/** Peak memory of tensors: counted for small batches, and extrapolated to large ones. */
import { type Backend, dataType, sizeOf, type Tensor, through } from './backend.js';
import { isOwnMemory } from './custom-ops.js';

/** Ops whose output shares their input's memory. */
const aliases = new Set(['Identity', 'Reshape', 'ReadVariableOp']);

/** Total bytes of the tensors made by `work`, after each change. */
function bytesOverTime(work: () => void): number[] {
  const sizes = new Map<number, number>();
  const times: number[] = [];
  let now = 0;
  const moved = (bytes: number) => {
    now += bytes;
    times.push(now);
  };
  const made = (tensor: Tensor, bytes: number) => {
    sizes.set(tensor.id, bytes);
    moved(bytes);
    return tensor;
  };
  const counted = (inner: Backend): Backend => ({
    name: inner.name,
    version: inner.version,
    isGpu: inner.isGpu,
    isTensorFlowCpu: inner.isTensorFlowCpu,
    run(op, attributes, inputs, outputs) {
      const width = ({ dtype }: Tensor) => (dtype === dataType.bfloat16 ? 2 : 4);
      const bytes = (tensor: Tensor) => (aliases.has(op) ? 0 : width(tensor) * sizeOf(tensor.shape));
      return inner.run(op, attributes, inputs, outputs).map((tensor) => made(tensor, bytes(tensor)));
    },
    create: (values, shape) => made(inner.create(values, shape), isOwnMemory(values) ? 0 : values.byteLength),
    read: (tensor) => inner.read(tensor),
    dispose(tensor) {
      moved(-(sizes.get(tensor.id) ?? 0));
      sizes.delete(tensor.id);
      inner.dispose(tensor);
    },
    tensorsAlive: () => inner.tensorsAlive(),
  });
  through(counted, work);
  return times;
}

const [few, more] = [1, 2];

/**
 * Peak bytes of all tensors while `work` processes a batch of `images`. Measured on one and on two images: memory at
 * each moment grows linearly with the batch, and the moment of the peak may change.
 */
export function peakBytes(images: number, work: (images: number) => void): number {
  for (const count of [few, more]) work(count); // makes the constants that stay
  const less = bytesOverTime(() => work(few));
  const larger = bytesOverTime(() => work(more));
  if (less.length !== larger.length) throw new Error('the work does not allocate the same tensors for every batch');
  const at = (before: number, after: number) => before + ((after - before) / (more - few)) * (images - few);
  return larger.reduce((peak, after, i) => Math.max(peak, at(less[i] as number, after)), 0);
}
