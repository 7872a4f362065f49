/**
 * Chooses the TensorFlow kernel of an op. On a CPU the oneDNN kernels are mostly two to five times faster than the
 * public ones. They have private names that depend on the build, so each is tried once on a small input and used only
 * if it gives the public op's result. oneDNN's filter gradients and matrix products are left out because they corrupt
 * the heap (TensorFlow 2.21; `tensorflow.ts` keeps TensorFlow from choosing them itself). On a GPU the public ops are
 * the fast ones.
 */
import { attribute, backend, dataType, dispose, floatT, run, type Tensor } from './backend.js';
import type { OpAttribute } from './tensorflow.js';

export interface Kernel {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
}

const oneDnnNames: Readonly<Record<string, string>> = {
  Conv2D: '_MklNativeConv2D',
  Conv2DBackpropInput: '_MklNativeConv2DBackpropInput',
  DepthwiseConv2dNative: '_MklNativeDepthwiseConv2dNative',
  DepthwiseConv2dNativeBackpropInput: '_MklNativeDepthwiseConv2dNativeBackpropInput',
  FusedBatchNormV3: '_MklNativeFusedBatchNormV3',
  FusedBatchNormGradV3: '_MklNativeFusedBatchNormGradV3',
};
const oneDnnMark = attribute.text('_kernel', 'MklNameChangeOp');

/** The public kernel of an op, and the faster one where the build has it. */
export interface KernelPair {
  readonly public: Kernel;
  /** oneDNN's kernel, or the public one where oneDNN's fails its trial or must not run. */
  fast(): Kernel;
}

const confirmed = new Map<string, boolean>();

export function kernelPair(op: string, attributes: readonly OpAttribute[]): KernelPair {
  const plain = { op, attributes };
  const oneDnn = { op: oneDnnNames[op] as string, attributes: [...attributes, oneDnnMark] };
  let fast: Kernel | undefined;
  return {
    public: plain,
    fast: () => {
      if (!backend().isTensorFlowCpu) return plain;
      fast ??= op in oneDnnNames && isConfirmed(op) ? oneDnn : plain;
      return fast;
    },
  };
}

/**
 * Batch norm with ReLU in one kernel, with the attributes of `FusedBatchNormV3`; undefined where it fails its trial.
 */
export function batchNormReluKernel(attributes: readonly OpAttribute[]): () => Kernel | undefined {
  const activation = [attribute.int('num_side_inputs', 0), attribute.text('activation_mode', 'Relu')];
  const fused = { op: '_MklNativeFusedBatchNormEx', attributes: [...attributes, ...activation, oneDnnMark] };
  return () => (remembered(fused.op, () => reluAgrees(fused)) ? fused : undefined);
}

function reluAgrees(fused: Kernel): boolean {
  const { inputs, attributes, outputs } = trials.FusedBatchNormV3 as Trial;
  return comparedOn(inputs(), (tensors, made) => {
    const normal = backend().run('FusedBatchNormV3', attributes, tensors, outputs);
    const expected = backend().run('Relu', [floatT], normal.slice(0, 1), 1);
    made.push(...normal, ...expected); // now, since the private kernel may throw
    const got = backend().run(fused.op, fused.attributes, tensors, outputs);
    made.push(...got);
    return [expected[0], ...normal.slice(1, 5)].every((tensor, i) => isClose(tensor as Tensor, got[i] as Tensor));
  });
}

/** Runs a kernel that has one output. */
export function runKernel({ op, attributes }: Kernel, ...inputs: Tensor[]): Tensor {
  return run(op, attributes, ...inputs);
}

function isConfirmed(op: string): boolean {
  return remembered(op, () => agrees(op));
}

/** True if the open backend has kernels besides the public ones and `trial`, run once per process, accepts this one. */
export function remembered(name: string, trial: () => boolean): boolean {
  if (!backend().isTensorFlowCpu) return false;
  let known = confirmed.get(name);
  if (known === undefined) {
    known = trial();
    confirmed.set(name, known);
  }
  return known;
}

/** True if the private kernel runs and agrees with the public one on a small input. */
function agrees(op: string): boolean {
  const { inputs, attributes, outputs, compared } = trials[op] as Trial;
  return comparedOn(inputs(), (tensors, made) => {
    const expected = backend().run(op, attributes, tensors, outputs);
    made.push(...expected); // now, since the private kernel may throw
    const got = backend().run(oneDnnNames[op] as string, [...attributes, oneDnnMark], tensors, outputs);
    made.push(...got);
    return expected.slice(0, compared).every((tensor, i) => isClose(tensor, got[i] as Tensor));
  });
}

/**
 * Runs a comparison and frees its tensors. False if a kernel throws, as where the build lacks it: the public kernel
 * computes the same.
 */
export function comparedOn(tensors: Tensor[], compare: (tensors: Tensor[], made: Tensor[]) => boolean): boolean {
  const made: Tensor[] = [];
  try {
    return compare(tensors, made);
  } catch {
    return false;
  } finally {
    dispose(...made, ...tensors);
  }
}

/** True if two tensors hold the same values up to rounding. */
export function isClose(a: Tensor, b: Tensor): boolean {
  const [x, y] = [backend().read(a), backend().read(b)];
  return (
    x.length === y.length && x.every((value, i) => Math.abs(value - (y[i] as number)) <= 1e-4 * (1 + Math.abs(value)))
  );
}

interface Trial {
  readonly inputs: () => Tensor[];
  readonly attributes: readonly OpAttribute[];
  readonly outputs: number;
  /** Number of outputs that are results rather than scratch. */
  readonly compared: number;
}

/** A small input for a trial; the caller owns it. */
export const wave = (...shape: number[]) => {
  const count = shape.reduce((n, extent) => n * extent, 1);
  return backend().create(
    Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1)),
    shape,
  );
};
const ints = (...values: number[]) => backend().create(Int32Array.from(values), [values.length]);
const same = [floatT, attribute.int('strides', [1, 1, 1, 1]), attribute.text('padding', 'SAME')];
const norm = [
  floatT,
  attribute.type('U', dataType.float32),
  attribute.float('epsilon', 1e-3),
  attribute.bool('is_training', true),
];
const single = (inputs: () => Tensor[], attributes: readonly OpAttribute[] = same): Trial => ({
  inputs,
  attributes,
  outputs: 1,
  compared: 1,
});

const trials: Readonly<Record<string, Trial>> = {
  Conv2D: single(() => [wave(2, 6, 6, 8), wave(3, 3, 8, 16)]),
  Conv2DBackpropInput: single(() => [ints(2, 6, 6, 8), wave(3, 3, 8, 16), wave(2, 6, 6, 16)]),
  DepthwiseConv2dNative: single(() => [wave(2, 6, 6, 8), wave(3, 3, 8, 1)]),
  DepthwiseConv2dNativeBackpropInput: single(() => [ints(2, 6, 6, 8), wave(3, 3, 8, 1), wave(2, 6, 6, 8)]),
  FusedBatchNormV3: {
    inputs: () => [wave(2, 6, 6, 8), wave(8), wave(8), wave(0), wave(0)],
    attributes: norm,
    outputs: 6,
    compared: 5, // the sixth is reserved for GPUs
  },
  FusedBatchNormGradV3: {
    inputs: () => {
      const [dy, x, gamma, beta, none] = [wave(2, 6, 6, 8), wave(2, 6, 6, 8), wave(8), wave(8), wave(0)] as const;
      const forward = backend().run('FusedBatchNormV3', norm, [x, gamma, beta, none, none], 6);
      dispose(beta, none, ...forward.slice(0, 3));
      return [dy, x, gamma, ...forward.slice(3)];
    },
    attributes: norm,
    outputs: 5,
    compared: 3,
  },
};
