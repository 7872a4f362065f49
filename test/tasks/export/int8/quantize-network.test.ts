import { beforeAll, describe, expect, it } from 'vitest';
import type { TfliteTable } from '#data/files/tflite-schema';
import { logitsWith } from '#networks/nn/frozen-network';
import { preprocessingFor } from '#networks/nn/preprocessing';
import type { Architecture } from '#networks/space/space';
import { backend, openBackend } from '#networks/tensor/backend';
import { checkInt8 } from '#tasks/export/int8/check-int8';
import { parametersFor, requantized } from '#tasks/export/int8/parameters';
import { pixelRange, quantizedNetwork, simulatedLogits } from '#tasks/export/int8/quantize-network';
import { relativeError } from '#tasks/export/int8/relative-error';
import { litertInt8Model } from '#tasks/export/litert/litert';
import { failureOf } from '#test/data/fixtures';
import { network } from '#test/networks/nn/fixtures';
import { readModel } from '#test/tasks/export/litert/interpreter';
import { randomExported, small, trial } from '#test/tasks/export/random-exported';

beforeAll(() => void openBackend({ threads: 1 }));

const hybrid = network(
  `
layerScale: true
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: mha, heads: 2, keyDim: 4, valueDim: 4, kvStride: 2, out: 8 }
      - { kind: invertedResidual, kernel: 3, expand: 2, out: 8, squeeze: true, activation: hardSwish }
head: { conv: 16, hidden: 0 }`,
  'input: { resolution: 8, channels: 3 }',
);
const attention: Architecture = { ...hybrid, activation: 'gelu' };

const quantizedOf = (architecture: Architecture) => {
  const exported = randomExported(architecture);
  return { exported, ...quantizedNetwork(exported, trial(architecture, 40)) };
};

describe('a network in int8', () => {
  it.each([
    ['of convolutions', small, 0.06],
    ['with attention, gates, GELU and layer scale', attention, 0.06],
  ])('%s is close to float32, by the rule that is closest', (_, architecture, most) => {
    const { exported, quantized, rule, errors } = quantizedOf(architecture);
    expect(errors[rule]).toBe(Math.min(...Object.values(errors)));
    expect(errors[rule]).toBeLessThan(most);
    const images = trial(architecture, 20);
    const found = simulatedLogits(quantized, architecture.input, images);
    expect(relativeError(found, logitsWith(architecture, exported.weights, images, 20))).toBeLessThan(2 * most);
  });

  it('frees every tensor but the constants, which are made once', () => {
    quantizedOf(attention);
    const alive = backend().tensorsAlive();
    quantizedOf(attention);
    expect(backend().tensorsAlive()).toBe(alive);
  });

  it('has integers for all weights, one scale for each output channel, and none for batch norm', () => {
    const { quantized } = quantizedOf(attention);
    const { graph, constants } = quantized;
    expect(graph.nodes.some(({ op }) => op === 'FusedBatchNormV3')).toBe(false);
    const linear = graph.nodes.filter(({ inputs }) => inputs.length === 3);
    expect(linear.length).toBeGreaterThan(8);
    for (const { inputs, shape } of linear) {
      expect(constants.get(inputs[1]!)!.scales).toHaveLength(shape.at(-1)!);
      expect(constants.get(inputs[2]!)!.values).toBeInstanceOf(Int32Array);
    }
  });

  it('gives the second factor of a product of values the zero point 0, without which XNNPACK does not compute it', () => {
    const { graph, parameters } = quantizedOf(attention).quantized;
    const products = graph.nodes.filter(({ op }) => op === 'BatchMatMulV2');
    expect(products.length).toBeGreaterThan(0);
    for (const { inputs } of products) expect(parameters.get(inputs[1]!)?.zeroPoint).toBe(0);
  });

  it('gives a softmax and whatever only moves values the parameters that LiteRT demands', () => {
    const { graph, parameters } = quantizedOf(attention).quantized;
    const of = (op: string) => graph.nodes.filter((node) => node.op === op);
    expect(of('Softmax').map(({ name }) => parameters.get(name))).toEqual([{ scale: 1 / 256, zeroPoint: -128 }]);
    for (const { name, inputs } of [...of('Reshape'), ...of('Transpose')])
      expect(parameters.get(name)).toEqual(parameters.get(inputs[0]!));
  });

  it.each([{}, { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }])(
    'expresses the 256 levels of pixels normalised by %j almost one by one',
    (norm) => {
      const { channels, ...input } = { ...small.input, ...norm };
      const parameters = parametersFor(pixelRange({ ...input, channels }));
      const { mean, std } = preprocessingFor('NHWC', { ...input, channels });
      for (let c = 0; c < channels; c++) {
        const levels = Float32Array.from({ length: 256 }, (_, p) => (p / 255 - mean[c]!) / std[c]!);
        const found = requantized(levels, parameters);
        expect(new Set(found).size).toBeGreaterThan(220);
        for (const [p, level] of levels.entries())
          expect(Math.abs(found[p]! - level)).toBeLessThan(0.52 * parameters.scale);
      }
    },
  );

  it('refuses weights that give values that are not finite', () => {
    const { weights, ...rest } = randomExported(small);
    const bias = { shape: [4], values: new Float32Array(4).fill(Number.POSITIVE_INFINITY) };
    const broken = { ...rest, weights: new Map([...weights, ['head.fc.bias', bias] as const]) };
    const failure = failureOf(() => quantizedNetwork(broken, trial(small, 2)));
    expect(failure).toMatchObject({
      kind: 'data',
      message: expect.stringMatching(/^head.fc.*: the network's weights/),
    });
  });
});

describe('a LiteRT file in int8', () => {
  const fileOf = (architecture: Architecture, batch?: number) => {
    const { exported, quantized } = quantizedOf(architecture);
    return readModel(Buffer.concat(litertInt8Model(exported, quantized, batch)));
  };
  const tensorsOf = (model: TfliteTable<'Model'>) => model.subgraphs![0]!.tensors!;
  const codesOf = (model: TfliteTable<'Model'>) =>
    model.subgraphs![0]!.operators!.map(({ opcode_index = 0 }) => {
      const { builtin_code = 0, version } = model.operator_codes![opcode_index]!;
      return `${builtin_code}.${version}`;
    });

  it('has float32 input and output, and integers between', () => {
    const model = fileOf(small);
    const { inputs, outputs } = model.subgraphs![0]!;
    const [input, output] = [tensorsOf(model)[inputs![0]!]!, tensorsOf(model)[outputs![0]!]!];
    expect([input.name, input.type ?? 0, output.name, output.type ?? 0]).toEqual(['image', 0, 'logits', 0]);
    const types = tensorsOf(model).map(({ type = 0 }) => type);
    expect(types.filter((type) => type === 0)).toHaveLength(2);
    expect(tensorsOf(model).every(({ type = 0, quantization }) => type !== 9 || quantization !== undefined)).toBe(true);
  });

  it('has the versions of operators for int8, and says which runtime they need', () => {
    const model = fileOf(small);
    const body = ['3.3', '4.3', '3.3', '4.3', '3.3', '0.2', '3.3', '40.2', '3.3', '9.12'];
    expect(codesOf(model)).toEqual(['114.1', ...body, '6.2']);
    const { buffer } = model.metadata!.find(({ name }) => name === 'min_runtime_version')!;
    expect(Buffer.from(model.buffers![buffer!]!.data!).toString()).toBe('2.17.0'.padEnd(16, '\0'));
  });

  it('has the scales of weights along the axis of their output channels', () => {
    const model = fileOf(small);
    const of = (name: string) => tensorsOf(model).find((tensor) => tensor.name === name)!;
    const [dense, depthwise] = [of('stages.0.blocks.0.conv3.kernel'), of('stages.0.blocks.1.mid5.kernel')];
    expect([dense.shape, depthwise.shape]).toEqual([
      [16, 3, 3, 3],
      [1, 5, 5, 32],
    ]);
    expect(
      [dense, depthwise].map(({ quantization: { quantized_dimension: axis = 0, scale } = {} }) => [
        axis,
        scale!.length,
      ]),
    ).toEqual([
      [0, 16],
      [3, 32],
    ]);
    expect(dense.quantization!.zero_point).toEqual(new Array(16).fill(0));
  });
});

describe('the check of a model in int8', () => {
  const images = trial(small, 8);
  const exported = randomExported(small);

  it('accepts the predicted error and fails, as a bug, far above it', async () => {
    const int8 = quantizedNetwork(exported, trial(small, 40));
    const predicted = simulatedLogits(int8.quantized, small.input, images);
    const real = logitsWith(small, exported.weights, images, 8);
    const off = (factor: number) => ({
      name: 'made up',
      logits: async () => ({
        logits: [predicted.map((value, i) => real[i]! + factor * (value - real[i]!))],
        runtime: 'a test',
      }),
    });
    const check = await checkInt8('here', off(1), exported, int8, images);
    expect(check.error).toBeCloseTo(check.predicted, 6);
    expect(check.agreement).toBeGreaterThan(0.5);
    const wrong = checkInt8('here', off(3), exported, int8, images);
    await expect(wrong).rejects.toThrow(/^here: logits of 8 images in int8 by a test .*expected at most 2 times/);
    await expect(wrong).rejects.not.toHaveProperty('kind');
  });
});
