import { beforeAll, describe, expect, it } from 'vitest';
import { logitsWith } from '#networks/nn/frozen-network';
import { backend, openBackend } from '#networks/tensor/backend';
import { inferenceGraph, simplified } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphNode } from '#tasks/export/graph/trace-graph';
import { randomExported, small, trial } from '#test/tasks/export/random-exported';

beforeAll(() => void openBackend({ threads: 1 }));

const graphOf = (fold: boolean) => inferenceGraph(small, randomExported(small).weights, { fold });
const opsOf = (fold: boolean) => graphOf(fold).nodes.map(({ op }) => op);

describe('the graph of a network', () => {
  it('has its layers in order, 1x1 products as convolutions, batch norm folded', () => {
    expect(opsOf(true)).toEqual([
      ...['Conv2D', 'Relu'],
      ...['DepthwiseConv2dNative', 'Conv2D', 'Relu', 'DepthwiseConv2dNative', 'Relu', 'Conv2D', 'AddN'],
      ...['Conv2D', 'Relu', 'Mean', 'Conv2D', 'Relu', 'Reshape', 'MatMul'],
    ]);
  });

  it('keeps a batch norm after each convolution if it is not folded', () => {
    expect(opsOf(false).filter((op) => op === 'FusedBatchNormV3')).toHaveLength(7);
    expect(opsOf(false).filter((op) => op !== 'FusedBatchNormV3')).toEqual(opsOf(true));
  });

  it('has only public ops, also after the process has loaded the kernels of this build', () => {
    const before = opsOf(true);
    const { weights } = randomExported(small);
    logitsWith(small, weights, trial(small, 2), 2);
    expect(opsOf(true)).toEqual(before);
    expect(opsOf(false).filter((op) => /Mnv4|Mkl/.test(op))).toEqual([]);
  });

  it('names ops and constants after the weights', () => {
    const { nodes, constants } = graphOf(true);
    expect(nodes[0]).toMatchObject({ name: 'stages.0.blocks.0.conv3/Conv2D', attributes: { stride: 2 } });
    expect(nodes[0]?.inputs.slice(1)).toEqual(['stages.0.blocks.0.conv3.kernel', 'stages.0.blocks.0.conv3.bias']);
    expect([...constants.keys()].filter((name) => name.startsWith('head.fc'))).toEqual([
      'head.fc.kernel',
      'head.fc.bias',
    ]);
  });

  it("pads like TensorFlow's SAME, with the odd zero at the end", () => {
    const pads = (resolution: number) => {
      const resized = { ...small, input: { resolution, channels: 3 } };
      const { nodes } = inferenceGraph(resized, randomExported(resized).weights, { fold: true });
      return nodes[0]?.attributes['pads'];
    };
    expect(pads(9)).toEqual([1, 1, 1, 1]);
    expect(pads(8)).toEqual([0, 1, 0, 1]);
  });

  it('leaves no tensors but constants of the process', () => {
    graphOf(true);
    const before = backend().tensorsAlive();
    graphOf(true);
    expect(backend().tensorsAlive()).toBe(before);
  });
});

/** Builds a chain of ops, each applied to the previous result and the named constants. */
function chain(
  ...ops: [op: string, shape: number[], constants?: string[], attributes?: GraphNode['attributes']][]
): Graph {
  const nodes = ops.map(([op, shape, constants = [], attributes = {}], i) => {
    return { name: `n${i}`, op, inputs: [i === 0 ? 'image' : `n${i - 1}`, ...constants], shape, attributes };
  });
  const floats = (shape: number[], ...values: number[]) => ({ shape, values: Float32Array.from(values) });
  const constants = new Map<string, Graph['constants'] extends ReadonlyMap<string, infer C> ? C : never>([
    ['a.kernel', floats([1, 1, 1, 2], 2, 3)],
    ['a.bias', floats([2], 1, -1)],
    ['a.layerScale', floats([2], 10, 100)],
    ['around', { shape: [4, 2], values: Int32Array.of(0, 0, 1, 2, 3, 4, 0, 0) }],
  ]);
  return { input: { name: 'image', shape: [2, 4, 4, 1] }, output: `n${ops.length - 1}`, nodes, constants, batch: 2 };
}

const valid = { strides: [1, 1, 1, 1], padding: 'VALID' };

describe('a traced graph in one form', () => {
  it('has the bias and scale of a convolution in its weights', () => {
    const traced = chain(
      ['Conv2D', [2, 4, 4, 2], ['a.kernel'], valid],
      ['BiasAdd', [2, 4, 4, 2], ['a.bias']],
      ['Mul', [2, 4, 4, 2], ['a.layerScale']],
      ['Relu', [2, 4, 4, 2]],
    );
    const { nodes, constants } = simplified(traced, { fold: true });
    expect(nodes.map(({ op }) => op)).toEqual(['Conv2D', 'Relu']);
    expect(constants.get('a.kernel')?.values).toEqual(Float32Array.of(20, 300));
    expect(constants.get('a.bias')?.values).toEqual(Float32Array.of(10, -100));
    expect(simplified(traced, { fold: false }).nodes.map(({ op }) => op)).toEqual(['Conv2D', 'Mul', 'Relu']);
  });

  it('leaves a convolution unchanged if other ops read it too', () => {
    const traced = chain(['Conv2D', [2, 4, 4, 2], ['a.kernel'], valid], ['BiasAdd', [2, 4, 4, 2], ['a.bias', 'n0']]);
    expect(simplified(traced, { fold: true }).nodes.map(({ op }) => op)).toEqual(['Conv2D', 'BiasAdd']);
  });

  it('moves the zeros of a Pad, or of an explicit padding, into the next convolution', () => {
    const padded = chain(['Pad', [2, 7, 11, 1], ['around']], ['Conv2D', [2, 7, 11, 2], ['a.kernel'], valid]);
    const explicit = { ...valid, padding: 'EXPLICIT', explicit_paddings: [0, 0, 1, 2, 3, 4, 0, 0] };
    for (const traced of [padded, chain(['Conv2D', [2, 7, 11, 2], ['a.kernel'], explicit])]) {
      const { nodes } = simplified(traced, { fold: true });
      expect(nodes).toHaveLength(1);
      expect(nodes[0]).toMatchObject({ op: 'Conv2D', attributes: { stride: 1, pads: [1, 2, 3, 4] } });
    }
  });

  it('is refused if a value does not have the images as its first axis', () => {
    const mixed = chain(['Reshape', [4, 8, 1]], ['Reshape', [2, 16]]);
    expect(() => simplified(mixed, { fold: true })).toThrow(
      'n0: its shape for 2 images, [4,8,1], does not have them first',
    );
  });
});
