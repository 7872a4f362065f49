import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { onnxBytes, readOnnxWeights } from '#data/files/onnx-file';
import { type NamedTensor, writeSafetensors } from '#data/files/safetensors';
import { logitsWith } from '#networks/nn/frozen-network';
import { weightShapes } from '#networks/nn/weight-shapes';
import { openBackend } from '#networks/tensor/backend';
import { freshWeights, readGivenWeights, readNetworkWeights } from '#networks/weights/network-weights';
import { toTimm } from '#networks/weights/timm/weights';
import { difference } from '#tasks/export/check-export';
import { onnxModel } from '#tasks/export/onnx/onnx';
import { safetensors } from '#tasks/export/safetensors';
import { failureOf, newFolder } from '#test/data/fixtures';
import { network } from '#test/networks/nn/fixtures';
import { randomExported, trial } from '#test/tasks/export/random-exported';

const small = network(`
stages:
  - blocks:
      - { kind: conv, kernel: 3, out: 8 }
      - { kind: fusedIb, kernel: 5, stride: 2, expand: 2, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 5, expand: 2, out: 8 }
head: { conv: 16, hidden: 8 }`);

const attentive = network(
  `
stages:
  - blocks:
      - { kind: conv, kernel: 3, out: 8 }
      - { kind: mqa, heads: 2, keyDim: 4, valueDim: 6, kvStride: 2, out: 8 }
      - { kind: mha, heads: 2, keyDim: 4, kvStride: 1, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 3, expand: 2, out: 8 }
head: { conv: 16, hidden: 8, hiddenNorm: false }`,
  'input: { resolution: 8, channels: 2 }\nlayerScale: true\nbatchNormEpsilon: 1.0e-5',
);

beforeAll(() => void openBackend({ threads: 1 }));

const exported = () => randomExported(small);
const inFile = (name: string, content: Uint8Array) => {
  const file = join(newFolder(), name);
  writeFileSync(file, content);
  return file;
};

/** What bfloat16 keeps of float32. */
const upperHalves = (values: Float32Array) =>
  Uint16Array.from(new Uint32Array(values.slice().buffer), (bits) => bits >>> 16);

describe('weights of a network', () => {
  it('come back from an export in safetensors, with their statistics', async () => {
    const [written] = await safetensors.files(exported(), { fold: false });
    const file = inFile('weights.safetensors', Buffer.concat(written?.content as readonly Uint8Array[]));
    expect(readNetworkWeights(small, file)).toEqual(exported().weights);
  });

  it('come back from an ONNX model whose batch norm was not folded', () => {
    const file = inFile('model.onnx', onnxModel(exported(), { fold: false }));
    const found = readNetworkWeights(small, file);
    expect(new Map([...found].sort())).toEqual(new Map([...exported().weights].sort()));
  });

  it.each([true, false])('come back from an ONNX model to the same logits, folded (%s), attention and all', (fold) => {
    const file = inFile('model.onnx', onnxModel(randomExported(attentive), { fold }));
    const images = trial(attentive, 3);
    const found = logitsWith(attentive, readNetworkWeights(attentive, file), images, 3);
    const expected = logitsWith(attentive, randomExported(attentive).weights, images, 3);
    expect(difference(found, expected).maxRelative).toBeLessThan(1e-5);
  });

  it('do not come back from a model of another network, which is said', () => {
    const file = inFile('model.onnx', onnxModel(randomExported(attentive), { fold: true }));
    const failure = failureOf(() => readNetworkWeights(small, file));
    expect(failure.kind).toBe('data');
    expect(failure.message).toContain(`${file}: stages.0.blocks.1.expand5.kernel: expected shape [5,5,8,16]; got none`);
  });

  it("come back from timm's names, with the conventions of timm unless others are named", () => {
    const file = join(newFolder(), 'w.safetensors');
    writeSafetensors(file, toTimm(small, exported().weights));
    const given = readGivenWeights(small, file);
    expect(given).toMatchObject({ network: { ...small, padding: 'symmetric', batchNormEpsilon: 1e-5 } });
    expect(given.weights).toEqual(exported().weights);
    expect(given.origin).toContain("timm's names, taken as trained under the convention timm: padding symmetric");
    const named = readGivenWeights(small, file, { convention: 'tensorflow' });
    expect(named.network).toEqual({ ...small, padding: 'same', batchNormEpsilon: 1e-3 });
  });

  it('in our names are taken as the network says unless a convention is named', () => {
    const file = join(newFolder(), 'w.safetensors');
    writeSafetensors(file, exported().weights);
    expect(readGivenWeights(small, file).network).toBe(small);
    expect(readGivenWeights(small, file, { convention: 'timm' }).network).toMatchObject({ padding: 'symmetric' });
  });

  it('come back from names that all have one prefix, beside counts of training, which is said', () => {
    const file = join(newFolder(), 'w.safetensors');
    const wrapped = (tensors: ReadonlyMap<string, NamedTensor>) =>
      [...tensors].map(([name, tensor]) => [`module.model.${name}`, tensor] as const);
    for (const tensors of [toTimm(small, exported().weights), exported().weights]) {
      writeSafetensors(file, new Map([...wrapped(tensors), ['n_averaged', { shape: [], values: Float32Array.of(3) }]]));
      const given = readGivenWeights(small, file);
      expect(given.weights).toEqual(exported().weights);
      expect(given.origin).toContain('without their prefix module.model.');
    }
  });

  it('come back from an ONNX model whose names all have one prefix', () => {
    const plain = readOnnxWeights(inFile('model.onnx', onnxModel(exported(), { fold: false })));
    const initializers = new Map([...plain].map(([name, tensor]) => [`net/${name}`, tensor]));
    const graph = { name: 'g', nodes: [], initializers, inputs: [], outputs: [] };
    const model = {
      irVersion: 8,
      opset: 17,
      producer: { name: '', version: '' },
      documentation: '',
      graph,
      metadata: {},
    };
    const given = readGivenWeights(small, inFile('model.onnx', onnxBytes(model)));
    expect(new Map([...given.weights].sort())).toEqual(new Map([...exported().weights].sort()));
    expect(given.origin).toContain('without their prefix net/');
  });

  it('in half precision are read as they are, in double precision refused with what to do', () => {
    const halves = [...exported().weights].map(([name, { shape, values }]) => ({
      name,
      shape,
      bits: upperHalves(values),
    }));
    let end = 0;
    const entries = halves.map(({ name, shape, bits }) => {
      end += bits.byteLength;
      return [name, { dtype: 'BF16', shape, data_offsets: [end - bits.byteLength, end] }];
    });
    const header = JSON.stringify(Object.fromEntries(entries));
    const length = Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer);
    const values = halves.map(({ bits }) => Buffer.from(bits.buffer));
    const read = readGivenWeights(
      small,
      inFile('w.safetensors', Buffer.concat([length, Buffer.from(header), ...values])),
    );
    expect(halves.map(({ name }) => upperHalves(read.weights.get(name)?.values as Float32Array))).toEqual(
      halves.map(({ bits }) => bits),
    );

    const double = Buffer.concat([length, Buffer.from(header.replace('"BF16"', '"F64" ')), ...values]);
    const failure = failureOf(() => readGivenWeights(small, inFile('w.safetensors', double)));
    expect(failure.message).toContain('expected dtype F32, F16 or BF16; got "F64"');
    expect(failure.remedy).toContain('tensor.float()');
  });

  it('that are missing, of another shape or unknown are named with their file', () => {
    const weights = new Map(exported().weights);
    weights.delete('head.fc.bias');
    weights.set('head.fc.kernel', { shape: [4, 8], values: new Float32Array(32) });
    weights.set('head.fc.extra', { shape: [1], values: new Float32Array(1) });
    const file = join(newFolder(), 'w.safetensors');
    writeSafetensors(file, weights);
    expect(failureOf(() => readNetworkWeights(small, file)).message.split('\n')).toEqual([
      `${file}: head.fc.kernel: expected shape [8,4]; got [4,8]`,
      `${file}: head.fc.bias: expected shape [4]; got none`,
      `${file}: head.fc.extra: unknown to test`,
    ]);
  });

  it.each([
    ['no ONNX', 'model.onnx', Buffer.from('no model'), 'expected an ONNX model; got'],
    ['an empty ONNX file', 'model.onnx', Buffer.alloc(0), 'expected float32 weights; got none'],
    ['no safetensors', 'w.safetensors', Buffer.from('no'), 'expected a header; got 2 bytes in all'],
    [
      'what nothing tells',
      'w.bin',
      Buffer.alloc(64, 1),
      'expected a header of at most 100000000 bytes; got no safetensors',
    ],
    ['a web page', 'w.safetensors', Buffer.from('<!doctype html>'), 'expected safetensors; got a web page'],
    [
      'a part of a checkpoint',
      'm.data-00000-of-00001',
      Buffer.alloc(64),
      'expected safetensors; got a TensorFlow checkpoint',
    ],
    [
      'ONNX under another name',
      'w.safetensors',
      Buffer.from('080812017042', 'hex'),
      'expected safetensors; got an ONNX model',
    ],
    [
      'safetensors under another name',
      'm.onnx',
      Buffer.from('\x02\0\0\0\0\0\0\0{}'),
      'expected an ONNX model; got safetensors',
    ],
  ])('in a file that holds %s are a data failure', (_, name, content, message) => {
    const file = inFile(name, content);
    const failure = failureOf(() => readNetworkWeights(small, file));
    expect(failure.kind).toBe('data');
    expect(failure.message).toContain(`${file}: ${message}`);
  });

  it.each([
    ['head.fc.bias', Number.NaN, 'expected finite values; got NaN at place 0'],
    ['head.fc.bias', Number.POSITIVE_INFINITY, 'expected finite values; got Infinity at place 0'],
    ['stages.0.blocks.0.conv3.bn.variance', -0.5, 'expected variances of 0 or more; got -0.5 at place 0'],
  ])('with a %s of %s are refused: nothing can be computed with it', (name, value, message) => {
    const weights = new Map(exported().weights);
    const { shape, values } = weights.get(name) as NamedTensor;
    weights.set(name, { shape, values: Float32Array.from(values, (old, i) => (i === 0 ? value : old)) });
    const file = join(newFolder(), 'w.safetensors');
    writeSafetensors(file, weights);
    for (const read of [readNetworkWeights, readGivenWeights]) {
      expect(failureOf(() => read(small, file)).message).toBe(`${file}: ${name}: ${message}`);
    }
  });

  it('made fresh are those of training, and their statistics change nothing', () => {
    const weights = freshWeights(small, 3);
    expect([...weights.keys()]).toEqual([...weightShapes(small).keys()]);
    expect(weights.get('stages.0.blocks.0.conv3.bn.variance')?.values).toEqual(new Float32Array(8).fill(1));
    expect(weights).toEqual(freshWeights(small, 3));
    expect(weights).not.toEqual(freshWeights(small, 4));
  });
});
