/** LiteRT models, read back: operators, padding, weights, signature and metadata. `npm run proof:litert` runs them. */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tfliteMetadataSchema } from '#data/files/tflite-metadata-schema';
import type { TfliteTable } from '#data/files/tflite-schema';
import type { Architecture } from '#networks/space/space';
import { openBackend } from '#networks/tensor/backend';
import type { ExportOptions } from '#tasks/export/exporter';
import { litert, litertModel } from '#tasks/export/litert/litert';
import { decoded } from '#test/data/files/decoded';
import { newFolder } from '#test/data/fixtures';
import { network } from '#test/networks/nn/fixtures';
import { randomExported, small } from '#test/tasks/export/random-exported';
import { unzip } from '../../../../scripts/setup/zip.mjs';
import { readModel } from './interpreter.js';

beforeAll(() => void openBackend({ threads: 1 }));

const fileOf = (architecture: Architecture, options: Partial<ExportOptions> = {}) =>
  Buffer.concat(litertModel(randomExported(architecture), { fold: true, ...options }));
const modelOf = (architecture: Architecture, options: Partial<ExportOptions> = {}) =>
  readModel(fileOf(architecture, options));

const graphOf = (model: TfliteTable<'Model'>) => model.subgraphs![0]!;
const tensorOf = (model: TfliteTable<'Model'>, name: string) =>
  graphOf(model).tensors!.find((tensor) => tensor.name === name)!;
const floatsOf = (model: TfliteTable<'Model'>, name: string) =>
  new Float32Array(new Uint8Array(model.buffers![tensorOf(model, name).buffer!]!.data!).buffer);

/** Names of the codes that the tests expect. */
const names: Readonly<Record<number, string>> = {
  ...{ 0: 'ADD', 1: 'AVERAGE_POOL_2D', 3: 'CONV_2D', 4: 'DEPTHWISE_CONV_2D', 9: 'FULLY_CONNECTED', 18: 'MUL' },
  ...{ 22: 'RESHAPE', 25: 'SOFTMAX', 34: 'PAD', 39: 'TRANSPOSE', 117: 'HARD_SWISH', 126: 'BATCH_MATMUL', 150: 'GELU' },
};
const opsOf = (model: TfliteTable<'Model'>) =>
  graphOf(model).operators!.map(({ opcode_index = 0 }) => {
    return names[model.operator_codes![opcode_index]!.builtin_code ?? 0];
  });
const optionsOf = (model: TfliteTable<'Model'>) =>
  graphOf(model).operators!.map(({ builtin_options: options }) => options?.[1] as Record<string, number | undefined>);

const conv = (more: string, resolution: number) =>
  network(
    `${more}\nstages: [{ blocks: [{ kind: conv, kernel: 3, stride: 2, out: 8 }] }]\nhead: { conv: 0, hidden: 0 }`,
    `input: { resolution: ${resolution}, channels: 3 }`,
  );

describe('the operators of a LiteRT model', () => {
  it('are the layers in order, without a Reshape before the fully connected one', () => {
    expect(opsOf(modelOf(small))).toEqual([
      'CONV_2D',
      ...['DEPTHWISE_CONV_2D', 'CONV_2D', 'DEPTHWISE_CONV_2D', 'CONV_2D', 'ADD'],
      ...['CONV_2D', 'AVERAGE_POOL_2D', 'CONV_2D', 'FULLY_CONNECTED'],
    ]);
  });

  it('have their ReLU fused', () => {
    const fused = optionsOf(modelOf(small)).map((options) => options['fused_activation_function'] ?? 0);
    expect(fused).toEqual([1, 0, 1, 1, 0, 0, 1, 0, 1, 0]);
    const six = optionsOf(modelOf({ ...small, activation: 'relu6' }));
    expect(six[0]).toMatchObject({ fused_activation_function: 3 });
  });

  it.each([
    ['hardSwish', 'HARD_SWISH', '1.15.0'],
    ['gelu', 'GELU', '2.9.0'],
    ['relu', undefined, '1.5.0'],
  ] as const)('are one for each %s, and the file names the first runtime that has them', (activation, op, runtime) => {
    const model = modelOf({ ...small, activation });
    const ops = opsOf(model);
    expect(ops.filter((name) => name === op)).toHaveLength(op === undefined ? 0 : 5);
    expect(ops.filter((name) => name === 'MUL')).toEqual([]);
    const { buffer } = model.metadata!.find(({ name }) => name === 'min_runtime_version')!;
    expect(Buffer.from(model.buffers![buffer!]!.data!).toString()).toBe(runtime.padEnd(16, '\0'));
  });

  it('are all of version 1, with codes above 127 in the new field only', () => {
    const codes = modelOf({ ...small, activation: 'gelu' }).operator_codes!;
    expect(codes.every(({ version }) => version === 1)).toBe(true);
    const { deprecated_builtin_code: old, builtin_code: code } = codes.find(
      ({ builtin_code }) => builtin_code === 150,
    )!;
    expect([old, code]).toEqual([127, 150]);
    expect(codes.find(({ builtin_code }) => builtin_code === 3)).toMatchObject({ deprecated_builtin_code: 3 });
  });

  it('gate the features of squeeze-and-excitation by two operators, the clipping fused', () => {
    const squeezed = network(`
stages: [{ blocks: [{ kind: invertedResidual, kernel: 3, expand: 2, out: 4, squeeze: true, activation: hardSwish }] }]
head: { conv: 0, hidden: 0 }`);
    const model = modelOf(squeezed);
    expect(opsOf(model).slice(2, 10)).toEqual([
      ...['DEPTHWISE_CONV_2D', 'HARD_SWISH', 'AVERAGE_POOL_2D', 'CONV_2D', 'CONV_2D', 'ADD', 'MUL', 'MUL'],
    ]);
    expect(optionsOf(model)[7]).toEqual({ fused_activation_function: 3 });
  });

  it('keep a batch norm that is not folded as a scale and a shift, with its ReLU', () => {
    const model = modelOf(conv('', 9), { fold: false });
    expect(opsOf(model)).toEqual(['CONV_2D', 'MUL', 'ADD', 'AVERAGE_POOL_2D', 'FULLY_CONNECTED']);
    expect(optionsOf(model)[2]).toEqual({ fused_activation_function: 1 });
    const { weights } = randomExported(conv('', 9));
    const part = (name: string) => weights.get(`stages.0.blocks.0.conv3.bn.${name}`)!.values;
    const scales = part('gamma').map((gamma, c) => gamma / Math.sqrt(part('variance')[c]! + 1e-3));
    expect(floatsOf(model, 'stages.0.blocks.0.conv3.bn/FusedBatchNormV3/scale')[5]).toBeCloseTo(scales[5]!, 6);
  });
});

describe('the padding of a LiteRT model', () => {
  it.each([8, 9])("is TensorFlow's SAME on maps of size %i", (resolution) => {
    const model = modelOf(conv('', resolution));
    expect(opsOf(model)[0]).toBe('CONV_2D');
    expect(optionsOf(model)[0]!['padding'] ?? 0).toBe(0);
  });

  it('of PyTorch is SAME on odd maps and a PAD on even ones', () => {
    expect(opsOf(modelOf(conv('padding: symmetric', 9)))[0]).toBe('CONV_2D');
    const model = modelOf(conv('padding: symmetric', 8));
    expect(opsOf(model).slice(0, 2)).toEqual(['PAD', 'CONV_2D']);
    expect(optionsOf(model)[1]).toMatchObject({ padding: 1, stride_h: 2, stride_w: 2 });
    const { inputs } = graphOf(model).operators![0]!;
    const around = graphOf(model).tensors![inputs![1]!]!;
    expect(around.shape).toEqual([4, 2]);
    const data = new Int32Array(new Uint8Array(model.buffers![around.buffer!]!.data!).buffer);
    expect([...data]).toEqual([0, 0, 1, 1, 1, 1, 0, 0]);
    expect(tensorOf(model, 'image/padded_1_1_1_1').shape).toEqual([1, 10, 10, 3]);
  });
});

describe('the tensors of a LiteRT model', () => {
  it('hold each weight once, in its order of axes', () => {
    const model = modelOf(small);
    expect(tensorOf(model, 'stages.0.blocks.0.conv3.kernel').shape).toEqual([16, 3, 3, 3]);
    expect(tensorOf(model, 'stages.0.blocks.1.mid5.kernel').shape).toEqual([1, 5, 5, 32]);
    expect(tensorOf(model, 'head.fc.kernel').shape).toEqual([4, 16]);
    const [kernel, ours] = [floatsOf(model, 'head.fc.kernel'), randomExported(small).weights.get('head.fc.kernel')!];
    expect(kernel[2 * 16 + 5]).toBe(ours.values[5 * 4 + 2]);
    const names = graphOf(model).tensors!.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('lie at multiples of 16 bytes in the file', () => {
    const file = fileOf(small);
    const { buffers } = readModel(file);
    expect(buffers![0]).toEqual({});
    for (const { data } of buffers!.slice(1)) expect((data!.byteOffset - file.byteOffset) % 16).toBe(0);
  });

  it('allow any batch, one at first, or a fixed one', () => {
    const any = tensorOf(modelOf(small), 'image');
    expect([any.shape, any.shape_signature]).toEqual([
      [1, 9, 9, 3],
      [-1, 9, 9, 3],
    ]);
    const fixed = tensorOf(modelOf(small, { batch: 5 }), 'image');
    expect([fixed.shape, fixed.shape_signature]).toEqual([[5, 9, 9, 3], undefined]);
  });

  it('reshape attention without fixing the batch', () => {
    const hybrid = network(`
stages: [{ blocks: [{ kind: mqa, heads: 2, keyDim: 4, kvStride: 2, out: 2 }] }]
head: { conv: 0, hidden: 0 }`);
    const model = modelOf(hybrid);
    expect(opsOf(model).filter((op) => op === 'BATCH_MATMUL')).toHaveLength(2);
    const shapes = graphOf(model)
      .tensors!.filter(({ type }) => type === 2)
      .map(({ buffer }) => [...new Int32Array(new Uint8Array(model.buffers![buffer!]!.data!).buffer)]);
    expect(shapes).toContainEqual([-1, 128, 4]);
    expect(shapes.every(([batch]) => batch === -1)).toBe(true);
  });
});

describe('a LiteRT file', () => {
  it('is of version 3, with the signature serving_default', () => {
    const file = fileOf(small);
    expect(file.subarray(4, 8).toString()).toBe('TFL3');
    const model = readModel(file);
    expect(model).toMatchObject({ version: 3, description: 'test: made up for a test' });
    const [signature] = model.signature_defs!;
    expect(signature).toMatchObject({ signature_key: 'serving_default', inputs: [{ name: 'image' }] });
    const [output] = signature!.outputs!;
    expect(output!.name).toBe('logits');
    expect(graphOf(model).outputs).toEqual([output!.tensor_index]);
    expect(tensorOf(model, 'logits').shape).toEqual([1, 4]);
  });

  it('says how pixels of 8 bits are normalised and where the names of the classes are', () => {
    const file = fileOf({ ...small, input: { ...small.input, mean: [0.5, 0.4, 0.2], std: [0.2, 0.2, 1] } });
    const model = readModel(file);
    const { buffer } = model.metadata!.find(({ name }) => name === 'TFLITE_METADATA')!;
    const bytes = model.buffers![buffer!]!.data!;
    expect(Buffer.from(bytes.subarray(4, 8)).toString()).toBe('M001');
    const { subgraph_metadata: graphs, ...about } = decoded(
      tfliteMetadataSchema,
      'ModelMetadata',
      new Uint8Array(bytes),
    );
    expect(about).toMatchObject({ name: 'test', version: '1.2.3', min_parser_version: '1.0.0' });
    const { input_tensor_metadata: [image] = [], output_tensor_metadata: [logits] = [] } = graphs![0]!;
    expect(image!.content).toEqual({ content_properties: ['ImageProperties', { color_space: 1 }] });
    const [, { mean, std }] = image!.process_units![0]!.options as [string, { mean: number[]; std: number[] }];
    expect([mean, std]).toEqual([
      [127.5, 102, 51],
      [51, 51, 255],
    ]);
    expect(logits).toMatchObject({ name: 'logits', associated_files: [{ name: 'labels.txt', type: 2 }] });
  });

  it('holds labels.txt in a zip archive', async () => {
    const folder = newFolder();
    const exported = { ...randomExported(small), classNames: ['a', 'b c', 'é', 'd'] };
    const [model] = await litert.files(exported, { fold: true });
    writeFileSync(join(folder, 'model.zip'), Buffer.concat(model!.content as readonly Uint8Array[]));
    expect(await unzip(join(folder, 'model.zip'), folder, (name) => name)).toBe(11);
    expect(await readFile(join(folder, 'labels.txt'), 'utf8')).toBe('a\nb c\né\nd\n');
  });

  it('has the same bytes each time', () => {
    expect(fileOf(small).equals(fileOf(small))).toBe(true);
  });
});
