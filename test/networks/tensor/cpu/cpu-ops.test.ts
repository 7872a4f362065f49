import { describe, expect, it } from 'vitest';
import { attribute, type Backend, dataType, floatT, type Shape, type Tensor } from '#networks/tensor/backend';
import { CpuBackend } from '#networks/tensor/cpu/cpu-backend';
import { cpuOps } from '#networks/tensor/cpu/cpu-ops';
import type { OpAttribute } from '#networks/tensor/tensorflow';
import { TensorFlowBackend } from '#networks/tensor/tensorflow-backend';
import { expectClose, normals } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

const [native, plainJs] = [new TensorFlowBackend(1), new CpuBackend()] as const;

type Values = Float32Array | Int32Array | Uint8Array;
type Given = { readonly values: Values; readonly shape: Shape };

interface Case {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly Given[];
  /** Outputs of the op, and how many of them are results that we use. */
  readonly outputs?: readonly [all: number, used: number];
}

const x = (...shape: number[]): Given => normals(`x${shape}`, ...shape);
const y = (...shape: number[]): Given => normals(`y${shape}`, ...shape);
const positive = (...shape: number[]): Given => ({ shape, values: normals('p', ...shape).values.map((v) => v * v) });
const large = (...shape: number[]): Given => ({ shape, values: normals('l', ...shape).values.map((v) => 6 * v) });
const distribution = (rows: number, classes: number): Given => ({
  shape: [rows, classes],
  values: new Float32Array(rows * classes).fill(1 / classes),
});
const ints = (values: readonly number[], shape = [values.length]): Given => ({
  shape,
  values: Int32Array.from(values),
});
const scalar = (value: number): Given => ({ shape: [], values: Float32Array.of(value) });

const plain = [floatT];
const moving = (stride: number) => [
  floatT,
  attribute.int('strides', [1, stride, stride, 1]),
  attribute.text('padding', 'SAME'),
];
const norm = (isTraining: boolean) => [
  floatT,
  attribute.type('U', dataType.float32),
  attribute.float('epsilon', 1e-3),
  attribute.bool('is_training', isTraining),
];
const tidx = attribute.type('Tidx', dataType.int32);
const cast = (from: number) => [attribute.type('SrcT', from), attribute.type('DstT', dataType.float32)];

/** Convolutions at a stride: kernel sizes odd and even maps, as `same` pads them. */
const convolutions = ([1, 2] as const).flatMap((stride): Case[] =>
  [5, 6].flatMap((size) => {
    const out = Math.ceil(size / stride);
    const [image, thin] = [x(2, size, size, 3), y(2, out, out, 3)];
    const [dense, perChannel] = [y(3, 3, 3, 4), y(5, 5, 3, 1)];
    const attributes = moving(stride);
    const wide = y(2, out, out, 4);
    return [
      { op: 'Conv2D', attributes, inputs: [image, dense] },
      { op: 'Conv2DBackpropInput', attributes, inputs: [ints(image.shape), dense, wide] },
      { op: 'Conv2DBackpropFilter', attributes, inputs: [image, ints(dense.shape), wide] },
      { op: 'DepthwiseConv2dNative', attributes, inputs: [image, perChannel] },
      { op: 'DepthwiseConv2dNativeBackpropInput', attributes, inputs: [ints(image.shape), perChannel, thin] },
      { op: 'DepthwiseConv2dNativeBackpropFilter', attributes, inputs: [image, ints(perChannel.shape), thin] },
    ];
  }),
);

const cases: readonly Case[] = [
  { op: 'MatMul', attributes: plain, inputs: [x(3, 4), y(4, 5)] },
  { op: 'MatMul', attributes: [floatT, attribute.bool('transpose_a', true)], inputs: [x(4, 3), y(4, 5)] },
  { op: 'MatMul', attributes: [floatT, attribute.bool('transpose_b', true)], inputs: [x(3, 4), y(5, 4)] },
  { op: 'BatchMatMulV2', attributes: plain, inputs: [x(2, 3, 4), y(2, 4, 5)] },
  { op: 'BatchMatMulV2', attributes: [floatT, attribute.bool('adj_x', true)], inputs: [x(2, 4, 3), y(2, 4, 5)] },
  { op: 'BatchMatMulV2', attributes: [floatT, attribute.bool('adj_y', true)], inputs: [x(2, 2, 3, 4), y(2, 2, 5, 4)] },
  ...convolutions,
  {
    op: 'FusedBatchNormV3',
    attributes: norm(true),
    inputs: [x(2, 3, 3, 4), x(4), y(4), x(0), x(0)],
    outputs: [6, 5],
  },
  {
    op: 'FusedBatchNormV3',
    attributes: norm(false),
    inputs: [x(2, 3, 3, 4), x(4), y(4), y(4), positive(4)],
    outputs: [6, 1],
  },
  {
    op: 'FusedBatchNormGradV3',
    attributes: norm(true),
    inputs: [y(2, 3, 3, 4), x(2, 3, 3, 4), x(4), y(4), positive(4), x(0)],
    outputs: [5, 3],
  },
  { op: 'Softmax', attributes: plain, inputs: [x(3, 5)] },
  {
    op: 'SoftmaxCrossEntropyWithLogits',
    attributes: plain,
    inputs: [x(3, 5), distribution(3, 5)],
    outputs: [2, 2],
  },
  { op: 'AddV2', attributes: plain, inputs: [x(2, 3), y(2, 3)] },
  { op: 'AddV2', attributes: plain, inputs: [x(2, 3), scalar(-1)] },
  { op: 'AddN', attributes: [floatT, attribute.int('N', 3)], inputs: [x(2, 3), y(2, 3), positive(2, 3)] },
  { op: 'Sub', attributes: plain, inputs: [x(2, 3), y(2, 1)] },
  { op: 'Mul', attributes: plain, inputs: [x(2, 3), y(2, 3)] },
  { op: 'Mul', attributes: plain, inputs: [x(2, 3), scalar(0.5)] },
  { op: 'BiasAdd', attributes: plain, inputs: [x(2, 3), y(3)] },
  { op: 'BiasAddGrad', attributes: plain, inputs: [x(2, 2, 3)] },
  { op: 'Relu', attributes: plain, inputs: [x(2, 3)] },
  { op: 'ReluGrad', attributes: plain, inputs: [x(2, 3), y(2, 3)] },
  { op: 'Relu6', attributes: plain, inputs: [large(2, 30)] },
  { op: 'Relu6Grad', attributes: plain, inputs: [y(2, 30), large(2, 30)] },
  { op: 'Erf', attributes: plain, inputs: [x(2, 30)] },
  { op: 'Square', attributes: plain, inputs: [x(2, 3)] },
  { op: 'Exp', attributes: plain, inputs: [x(2, 3)] },
  { op: 'GreaterEqual', attributes: plain, inputs: [x(2, 3), scalar(0)] },
  { op: 'Cast', attributes: cast(dataType.uint8), inputs: [{ shape: [3], values: Uint8Array.of(0, 7, 255) }] },
  { op: 'Cast', attributes: cast(dataType.int32), inputs: [ints([-1, 0, 7])] },
  {
    op: 'Mean',
    attributes: [floatT, tidx, attribute.bool('keep_dims', true)],
    inputs: [x(2, 3, 3, 4), ints([1, 2])],
  },
  { op: 'Mean', attributes: [floatT, tidx], inputs: [x(2, 3), ints([0])] },
  {
    op: 'Sum',
    attributes: [floatT, tidx, attribute.bool('keep_dims', true)],
    inputs: [x(2, 3, 3, 4), ints([1, 2])],
  },
  { op: 'Transpose', attributes: [floatT, attribute.type('Tperm', 3)], inputs: [x(2, 3, 4, 5), ints([0, 2, 3, 1])] },
  { op: 'Identity', attributes: plain, inputs: [x(2, 3)] },
  { op: 'Reshape', attributes: [floatT, attribute.type('Tshape', 3)], inputs: [x(2, 6), ints([3, 4])] },
  { op: 'BroadcastTo', attributes: [floatT, tidx], inputs: [x(2, 1, 1, 3), ints([2, 4, 4, 3])] },
  {
    op: 'Slice',
    attributes: [floatT, attribute.type('Index', 3)],
    inputs: [x(4, 5), ints([1, 0]), ints([2, 3])],
  },
  {
    op: 'Pad',
    attributes: [floatT, attribute.type('Tpaddings', 3)],
    inputs: [x(2, 3), ints([0, 1, 2, 0], [2, 2])],
  },
  { op: 'ConcatV2', attributes: [attribute.int('N', 2), floatT, tidx], inputs: [x(4), y(3), ints([0], [])] },
];

/** Ops that other tests of this file compare, since they change a state or draw numbers of their own. */
const comparedApart = [
  'StatelessRandomUniform',
  'VarHandleOp',
  'ReadVariableOp',
  'AssignVariableOp',
  'AssignSubVariableOp',
  'DestroyResourceOp',
  'ResourceApplyGradientDescent',
  'ResourceApplyRMSProp',
  'ResourceApplyAdam',
];

const typed = [attribute.type('dtype', dataType.float32)];
/** Constants of the ops that update variables; all but gradient descent have two slots. */
const updates: Readonly<Record<string, readonly number[]>> = {
  ResourceApplyGradientDescent: [0.1], // rate
  ResourceApplyRMSProp: [0.1, 0.9, 0.8, 1], // rate, decay, momentum, epsilon
  ResourceApplyAdam: [0.9, 0.99, 0.1, 0.9, 0.99, 1e-7], // both betas to the step, rate, both betas, epsilon
};

/** Tensors that the backend counts, and those that TensorFlow.js holds for it. */
function alive(backend: Backend): number[] {
  return [backend.tensorsAlive(), backend === plainJs ? tf.memory().numTensors : 0];
}

/** What the op gives for the inputs; everything is freed. */
function outputsOf(backend: Backend, { op, attributes, inputs, outputs: [all, used] = [1, 1] }: Case) {
  const tensors = inputs.map(({ values, shape }) => backend.create(values, shape));
  const results = backend.run(op, attributes, tensors, all);
  const found = results.slice(0, used).map(({ shape, dtype }, i) => {
    return { shape, dtype, values: backend.read(results[i] as Tensor) };
  });
  for (const tensor of [...tensors, ...results]) backend.dispose(tensor);
  return found;
}

describe('an op in plain JavaScript', () => {
  it('is compared with TensorFlow here, whichever it is', () => {
    expect(new Set([...cases.map(({ op }) => op), ...comparedApart])).toEqual(new Set(Object.keys(cpuOps(tf))));
  });

  it.each(cases.map((each) => [`${each.op} ${each.inputs.map(({ shape }) => `[${shape}]`).join(' ')}`, each] as const))(
    'gives what TensorFlow gives: %s, and leaves nothing alive',
    (_, each) => {
      const expected = outputsOf(native, each);
      const before = alive(plainJs);
      const found = outputsOf(plainJs, each);
      expect(alive(plainJs)).toEqual(before);
      expect(found.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
        expected.map(({ shape, dtype }) => ({ shape, dtype })),
      );
      for (const [i, { values }] of expected.entries()) {
        expectClose(Float32Array.from(found[i]!.values), Float32Array.from(values), 1e-5);
      }
    },
  );

  it.each(Object.keys(updates))('updates variables as TensorFlow does: %s, and frees them', (op) => {
    const steps = (backend: Backend) => {
      const before = alive(backend);
      const make = (values: Values, shape: readonly number[] = []) => backend.create(values, shape);
      const state = [x(4), positive(4), positive(4)].map(({ values }, i) => {
        const name = [attribute.text('shared_name', `${op}/${i}`), attribute.text('container', '')];
        const [handle] = backend.run('VarHandleOp', [...typed, attribute.shape('shape', [4]), ...name], [], 1);
        const first = make(values, [4]);
        backend.run('AssignVariableOp', typed, [handle!, first], 0);
        backend.dispose(first);
        return handle!;
      });
      const constants = updates[op]!.map((value) => make(Float32Array.of(value)));
      const updated = op === 'ResourceApplyGradientDescent' ? state.slice(0, 1) : state;
      const trajectory = [0, 1, 2].map((step) => {
        const gradient = make(normals(`g${step}`, 4).values, [4]);
        const [earlier] = backend.run('ReadVariableOp', typed, [state[0]!], 1);
        const kept = backend.read(earlier!);
        backend.run(op, plain, [...updated, ...constants, gradient], 0);
        backend.run('AssignSubVariableOp', typed, [state[0]!, gradient], 0);
        expect(backend.read(earlier!), 'a value that was read').toEqual(kept);
        const now = state.map((handle) => backend.run('ReadVariableOp', typed, [handle], 1)[0]!);
        const values = now.map((tensor) => backend.read(tensor) as Float32Array);
        for (const tensor of [gradient, earlier!, ...now]) backend.dispose(tensor);
        return values;
      });
      for (const handle of state) backend.run('DestroyResourceOp', [], [handle], 0);
      for (const tensor of [...state, ...constants]) backend.dispose(tensor);
      expect(alive(backend)).toEqual(before);
      return { handle: { shape: state[0]!.shape, dtype: state[0]!.dtype }, trajectory };
    };
    const [expected, found] = [steps(native), steps(plainJs)];
    expect(found.handle).toEqual(expected.handle);
    for (const [step, vectors] of expected.trajectory.entries()) {
      for (const [i, vector] of vectors.entries()) expectClose(found.trajectory[step]![i]!, vector, 1e-6);
    }
  });
});
