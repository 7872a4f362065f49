import { describe, expect, it } from 'vitest';
import { attribute, type Backend, backend, floatT, openBackend, through } from '#networks/tensor/backend';
import { kernelPair } from '#networks/tensor/onednn';
import type { Tensor } from '#networks/tensor/tensor';

openBackend({ threads: 1 });

const convolution = [floatT, attribute.int('strides', [1, 1, 1, 1]), attribute.text('padding', 'SAME')];
const isOneDnns = (op: string) => op.startsWith('_MklNative');

type Run = Backend['run'];

/** Chooses between an op's kernels on a native CPU whose oneDNN kernels are these, whatever this machine's build has. */
function chosen(op: string, oneDnn: (run: Run) => Run): string {
  const before = backend().tensorsAlive();
  const kernel = through(
    (inner) => {
      const run: Run = (name, ...more) =>
        (isOneDnns(name) ? oneDnn(inner.run.bind(inner)) : inner.run.bind(inner))(name, ...more);
      return { ...methodsOf(inner), isTensorFlowCpu: true, run };
    },
    () => kernelPair(op, convolution).fast(),
  );
  expect(backend().tensorsAlive(), 'tensors of the trial').toBe(before);
  const mark = isOneDnns(kernel.op) ? [attribute.text('_kernel', 'MklNameChangeOp')] : [];
  expect(kernel.attributes).toEqual([...convolution, ...mark]);
  return kernel.op;
}

function methodsOf(inner: Backend): Omit<Backend, 'isTensorFlowCpu' | 'run'> {
  const { name, version, isGpu } = inner;
  return {
    ...{ name, version, isGpu },
    create: (values, shape) => inner.create(values, shape),
    read: (tensor) => inner.read(tensor),
    dispose: (tensor) => inner.dispose(tensor),
    tensorsAlive: () => inner.tensorsAlive(),
  };
}

/** Answers as the public op does. */
const sound =
  (run: Run): Run =>
  (op, attributes, inputs, outputs) =>
    run(op.replace('_MklNative', ''), attributes.slice(0, -1), inputs, outputs);

/** Answers as the public op does, but adds to one of the results. */
const offAt =
  (index: number) =>
  (run: Run): Run =>
  (...call) => {
    const results = sound(run)(...call);
    const tensor = results[index] as Tensor;
    results[index] = backend().create(
      backend()
        .read(tensor)
        .map((value) => value + 0.01) as Float32Array,
      tensor.shape,
    );
    backend().dispose(tensor);
    return results;
  };

const missing = (): Run => (op) => {
  throw new Error(`${op}: no such op`);
};

describe('the kernel of an op', () => {
  it("is oneDNN's, under its private name, where that gives the public op's result", () => {
    expect(chosen('DepthwiseConv2dNative', sound)).toBe('_MklNativeDepthwiseConv2dNative');
  });

  it.each([
    ['Conv2D', 'the result', offAt(0)],
    ['FusedBatchNormGradV3', 'the third result', offAt(2)],
  ])("is the public op's for %s where %s of oneDNN's differs", (op, _, oneDnn) => {
    expect(chosen(op, oneDnn)).toBe(op);
  });

  it("is the public op's where the build has no such kernel of oneDNN", () => {
    expect(chosen('FusedBatchNormV3', missing)).toBe('FusedBatchNormV3');
  });

  it.each(['MatMul', 'Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'])(
    "is the public op's for %s, whose oneDNN kernel corrupts the heap",
    (op) => expect(chosen(op, sound)).toBe(op),
  );

  it("is the public op's on a GPU", () => {
    const onGpu = (inner: Backend): Backend => ({
      ...methodsOf(inner),
      isTensorFlowCpu: false,
      run: inner.run.bind(inner),
    });
    const kernel = through(onGpu, () => kernelPair('Conv2DBackpropInput', convolution).fast());
    expect(kernel.op).toBe('Conv2DBackpropInput');
  });

  it.each(['Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropInput'])(
    'is chosen by a trial of %s that leaves nothing alive on this machine',
    (op) => {
      const before = backend().tensorsAlive();
      kernelPair(op, []).fast();
      expect(backend().tensorsAlive()).toBe(before);
    },
  );
});
