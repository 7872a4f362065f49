import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnxMetadata } from '#data/files/onnx-file';
import { writeSafetensors } from '#data/files/safetensors';
import { weightShapes } from '#networks/nn/weight-shapes';
import { asSpace, printSpace } from '#networks/space/print';
import { openBackend } from '#networks/tensor/backend';
import { readGivenWeights } from '#networks/weights/network-weights';
import { toTimm } from '#networks/weights/timm/weights';
import { onnxModel } from '#tasks/export/onnx/onnx';
import { readFinishedRun } from '#tasks/training/finished-run';
import { newFolder } from '#test/data/fixtures';
import { randomExported } from '#test/tasks/export/random-exported';
import { smallNetwork, smallTraining } from '#test/tasks/training/small-network';
import { expectFinite, expectNamed, fuzz, outcomeOf } from './fuzzed.js';
import { flippedBit, mutatedBytes, mutatedDocument } from './mutated.js';

const network = smallNetwork();
const folder = newFolder();
const timms = join(folder, 'timm.safetensors');
const ours = join(folder, 'ours.safetensors');
const onnx = join(folder, 'model.onnx');

beforeAll(() => {
  openBackend({ threads: 1 });
  const exported = randomExported(network);
  writeSafetensors(timms, toTimm(network, exported.weights));
  writeSafetensors(ours, exported.weights);
  writeFileSync(onnx, onnxModel(exported, { fold: false }));
});

describe('weights from a file', () => {
  const formats = [
    ['our safetensors', ours],
    ["timm's safetensors", timms],
    ['an ONNX model', onnx],
  ] as const;

  it.each(formats)('of %s with any damage are refused, or those of the network', (_, file) => {
    const whole = readFileSync(file);
    fuzz(150, mutatedBytes(whole), (bytes) => {
      writeFileSync(file, bytes);
      const outcome = outcomeOf(() => {
        if (file === onnx) readOnnxMetadata(file);
        return readGivenWeights(network, file).weights;
      });
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', file);
      const shapes = new Map([...outcome.value].map(([name, { shape }]) => [name, [...shape]]));
      expect(shapes).toEqual(new Map([...weightShapes(network)].map(([name, shape]) => [name, [...shape]])));
      expectFinite([...outcome.value.values()].map(({ values }) => [...values]));
    });
    writeFileSync(file, whole);
  });

  it('that this program wrote as safetensors are refused with any bit flipped, or unchanged', () => {
    const whole = readFileSync(ours);
    const before = readGivenWeights(network, ours).weights;
    fuzz(200, flippedBit(whole), ({ bytes }) => {
      writeFileSync(ours, bytes);
      const outcome = outcomeOf(() => readGivenWeights(network, ours).weights);
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', ours);
      expect(outcome.value).toEqual(before);
    });
    writeFileSync(ours, whole);
  });
});

describe('a finished training run', () => {
  const share = { split: 'test', n: 5, top1: 0.5, top1Interval: [0.2, 0.8], top5: 1, loss: 0.3 };
  const state = { version: 1, id: 'r', stage: 'train', status: 'done', step: 5, steps: 5 };
  const byClass = {
    classes: [{ name: 'a', n: 5, top1: 0.4 }],
    confusions: [{ label: 'a', predicted: 'b', n: 3, share: 0.6 }],
    matrix: [[2, 3, 0]],
  };
  const figures = { decisions: [], quality: 0.5, costs: {}, reward: null, test: share, byClass };
  const result = { ...figures, weights: 'last', classNames: ['a', 'b', 'c'] };
  const environment = { program: '0.1.0', commit: null, recipeFolder: '/images' };
  const files: readonly (readonly [string, object])[] = [
    ['state.json', state],
    ['result.json', result],
    ['environment.json', environment],
  ];

  it.each(files)('with a damaged %s is refused, or valid', (name, content) => {
    const run = join(folder, name);
    mkdirSync(run);
    for (const [other, value] of files) writeFileSync(join(run, other), JSON.stringify(value));
    writeFileSync(join(run, 'architecture.yaml'), printSpace(asSpace(network), { run: 'r' }));
    writeFileSync(join(run, 'config.yaml'), smallTraining);
    writeSafetensors(join(run, 'weights.safetensors'), randomExported(network).weights);
    const holds = (changed: string | Uint8Array) => {
      writeFileSync(join(run, name), changed);
      const outcome = outcomeOf(() => readFinishedRun(run));
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', name);
      const { test, classNames = [], images = '', environment } = outcome.value;
      expectFinite(test);
      expect([...classNames, images, environment.program ?? ''].every((word) => typeof word === 'string')).toBe(true);
    };
    fuzz(60, mutatedBytes(Buffer.from(JSON.stringify(content))), holds);
    fuzz(100, mutatedDocument(content), holds);
  });
});
