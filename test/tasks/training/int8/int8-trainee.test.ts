/** Quantization-aware training: its forward pass is the int8 graph, and its result is a network. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTrainingResult } from '#jobs/runs/run-result';
import { oneWorker } from '#jobs/workers/launcher';
import { readNetwork } from '#networks/space/parse';
import type { Architecture } from '#networks/space/space';
import { backend, dispose, openBackend } from '#networks/tensor/backend';
import type { GraphConstant } from '#tasks/export/graph/trace-graph';
import { int8Graph, quantizedNetwork, simulatedLogits } from '#tasks/export/int8/quantize-network';
import { relativeError } from '#tasks/export/int8/relative-error';
import { readFinishedRun } from '#tasks/training/finished-run';
import { Int8Trainee } from '#tasks/training/int8/int8-trainee';
import { networkTensors } from '#tasks/training/int8/network-tensors';
import { readScratchRecipe, readTrainingRecipe } from '#tasks/training/recipe';
import { train } from '#tasks/training/train';
import { failureOf, failureOfAsync, newFolder } from '#test/data/fixtures';
import { network } from '#test/networks/nn/fixtures';
import { randomExported, small, trial } from '#test/tasks/export/random-exported';
import { silent, smallTraining, writeSmallTraining } from '#test/tasks/training/small-network';

beforeAll(() => void openBackend({ threads: 1 }));

const everyKind: Architecture = {
  ...network(
    `
layerScale: true
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: mha, heads: 2, keyDim: 4, valueDim: 4, kvStride: 2, out: 8 }
      - { kind: mqa, heads: 2, keyDim: 4, valueDim: 4, kvStride: 1, out: 8 }
      - { kind: invertedResidual, kernel: 3, expand: 2, out: 8, squeeze: true, activation: hardSwish }
      - { kind: fusedIb, kernel: 3, expand: 2, out: 8 }
      - { kind: dwSep, kernel: 3, out: 8 }
head: { conv: 16, hidden: 0 }`,
    'input: { resolution: 8, channels: 3 }',
  ),
  activation: 'gelu',
};

const adamW = { kind: 'adamW', beta1: 0.9, beta2: 0.999, weightDecay: 0 } as const;

/** A trainee at its start, and the quantization that it starts from. */
function started(architecture: Architecture) {
  const exported = randomExported(architecture);
  const { quantized } = quantizedNetwork(exported, trial(architecture, 40));
  const trainee = new Int8Trainee(architecture, quantized.parameters, { optimizer: adamW });
  trainee.begin(floats(quantized.graph.constants));
  return { trainee, quantized };
}

const floats = (constants: ReadonlyMap<string, GraphConstant>) => constants as Parameters<Int8Trainee['begin']>[0];

describe.each([
  ['convolutions', small],
  ['every kind of block', everyKind],
])('quantization-aware training of %s', (_, architecture) => {
  it('computes what the integers stand for', () => {
    const { trainee, quantized } = started(architecture);
    const images = trial(architecture, 20);
    const found = trainee.model.logits(trainee.forward, images);
    expect(relativeError(found, simulatedLogits(quantized, architecture.input, images))).toBeLessThan(0.02);
    trainee.dispose();
  });

  it('ends with a network whose graph has the trained kernels and biases', () => {
    const { trainee, quantized } = started(architecture);
    const constants = trainee.constants();
    const again = int8Graph(architecture, networkTensors(architecture, constants));
    expect([...again.constants.keys()]).toEqual([...quantized.graph.constants.keys()]);
    for (const [name, { values }] of constants)
      expect(relativeError(again.constants.get(name)?.values as Float32Array, values)).toBeLessThan(1e-6);
    trainee.dispose();
  });

  it('has a gradient for every kernel and bias, and frees what it makes', () => {
    const { trainee } = started(architecture);
    const images = {
      ...trial(architecture, 8),
      soft: Float32Array.from({ length: 8 * architecture.classes }, (_, i) => Number(i % architecture.classes === 0)),
    };
    const step = () => trainee.model.gradient(trainee.forward, images);
    dispose(step().gradient);
    const alive = backend().tensorsAlive();
    const { gradient } = step();
    const values = backend().read(gradient);
    dispose(gradient);
    expect(backend().tensorsAlive()).toBe(alive);
    for (const { name, offset, shape } of trainee.model.layout.specs.values()) {
      const size = shape.reduce((n, extent) => n * extent, 1);
      expect([name, values.subarray(offset, offset + size).some((slope) => slope !== 0)]).toEqual([name, true]);
    }
    trainee.dispose();
  });
});

describe('train with a recipe that quantizes', () => {
  const folder = writeSmallTraining(newFolder());
  const network = readNetwork(join(folder, 'small.yaml'));
  const request = (root: string, id: string, shouldStop = () => false) => ({
    context: { environment: {}, workers: oneWorker, observer: silent, shouldStop, clock: () => 0 },
    root,
    id,
    resume: 'allow' as const,
  });
  const recipe = readTrainingRecipe(join(folder, 'small.train.yaml'), [
    { path: ['quantize'], value: 'int8', origin: 'test' },
    { path: ['learningRate'], value: 0.001, origin: 'test' },
    { path: ['ema'], value: { decay: 0.5 }, origin: 'test' },
  ]);

  it('starts from a trained run, evaluates its network also as in int8, and resumes to the same bits', async () => {
    const root = newFolder();
    await train(network, readTrainingRecipe(join(folder, 'small.train.yaml')), request(root, 'a'));
    const start = readFinishedRun(join(root, 'a'));
    await train(network, recipe, request(root, 'b'), start);
    const { test, int8 } = readTrainingResult(join(root, 'b'));
    expect(test.top1).toBeGreaterThan(0.95);
    expect(int8?.top1).toBeGreaterThan(0.95);
    expect(
      readFinishedRun(join(root, 'b'))
        .weights.get('head.conv.bn.mean')
        ?.values.every((mean) => mean === 0),
    ).toBe(true);
    let steps = 0;
    const stopped = await failureOfAsync(() =>
      train(
        network,
        recipe,
        request(root, 'c', () => ++steps > 4),
        start,
      ),
    );
    expect(stopped.kind).toBe('stopped');
    await train(network, recipe, request(root, 'c'), start);
    const [whole, resumed] = ['b', 'c'].map((id) => readFileSync(join(root, id, 'weights.safetensors')));
    expect(resumed).toEqual(whole);
  });

  it('is refused where a training from scratch is expected', () => {
    const file = join(newFolder(), 'int8.train.yaml');
    writeFileSync(file, `${smallTraining}quantize: int8\n`);
    const { kind, message } = failureOf(() => readScratchRecipe(file));
    expect(kind).toBe('config');
    expect(message).toContain('expected a training from scratch');
  });
});
