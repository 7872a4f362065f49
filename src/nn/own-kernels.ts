/**
 * Our own kernels (`native/`): a layer's linear op with the batch norms on both its sides in one pass over memory. A step
 * on a CPU is bound by memory, and these read and write about a third of what the ops one by one do.
 */
import { attribute, backend, dataType, floatT, type Tensor } from './backend.js';
import { comparedOn, isClose, remembered, wave } from './kernels.js';
import { loadNative, type OpAttribute } from './native.js';

/** Tensors of fewer channels are left to TensorFlow. */
export const leastChannels = 16;

export type OwnOp =
  | 'Pointwise'
  | 'PointwiseGrad'
  | 'Depthwise'
  | 'DepthwiseGrad'
  | 'BatchNorm'
  | 'BatchNormGrad'
  | 'ParameterGrad'
  | 'Combine';

/** Whether this process computes with our own kernels: on a CPU, where they are compiled and pass their trial. */
export function hasOwnKernels(): boolean {
  return remembered('own kernels', () => loadNative().kernels.available && agrees());
}

/** Runs one of our ops, described in `native/ops.cc`; attributes that are left out are 0. */
export function runOwn(
  op: OwnOp,
  attributes: readonly OpAttribute[],
  inputs: readonly Tensor[],
  outputs: number,
): Tensor[] {
  threads ??= attribute.int('threads', loadNative().threads);
  return backend().run(`Mnv4${op}`, [...attributes, threads], inputs, outputs);
}

let threads: OpAttribute | undefined;

/** What stands for the norm of a tensor that has none. */
export function noNorm(): Tensor {
  empty ??= backend().create(new Float32Array(0), [0]);
  return empty;
}

let empty: Tensor | undefined;

/** Whether a layer by our kernels is the public ops' matrix product, batch norm and ReLU. */
function agrees(): boolean {
  const shape = backend().create(Int32Array.of(1, 1, 40, 40), [4]);
  return comparedOn([wave(40, 24), wave(24, 40), wave(40), wave(40), shape], (tensors, made) => {
    const [rows, kernel, gamma, beta] = tensors as [Tensor, Tensor, Tensor, Tensor];
    const run = (op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs = 1) => {
      const result = backend().run(op, attributes, inputs, outputs);
      made.push(...result);
      return result as [Tensor, Tensor];
    };
    const [z, norm] = run('Mnv4Pointwise', [epsilon], [rows, noNorm(), kernel, gamma, beta], 2);
    const [found] = run('Mnv4Combine', [attribute.int('relus', [1])], [z, norm]);
    const [product] = run('MatMul', [floatT], [rows, kernel]);
    const [map] = run('Reshape', [floatT, attribute.type('Tshape', dataType.int32)], [product, shape]);
    const [normal] = run('FusedBatchNormV3', batchNorm, [map, gamma, beta, noNorm(), noNorm()], 6);
    const [expected] = run('Relu', [floatT], [normal]);
    return isClose(expected, found);
  });
}

const epsilon = attribute.float('epsilon', 1e-3);
const batchNorm = [floatT, attribute.type('U', dataType.float32), epsilon, attribute.bool('is_training', true)];
