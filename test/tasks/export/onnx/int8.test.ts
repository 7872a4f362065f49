import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Architecture } from '#networks/space/space';
import { openBackend } from '#networks/tensor/backend';
import { checkInt8 } from '#tasks/export/int8/check-int8';
import { openInt8 } from '#tasks/export/int8/int8-session';
import { quantizedNetwork, simulatedLogits } from '#tasks/export/int8/quantize-network';
import { onnx, onnxInt8Model } from '#tasks/export/onnx/onnx';
import { onnxGraph } from '#tasks/export/onnx/onnx-rules';
import { network } from '#test/networks/nn/fixtures';
import { randomExported, small, trial } from '#test/tasks/export/random-exported';
import { onnxOps } from '../../../../scripts/proof/int8/onnx-ops.mjs';

const folder = mkdtempSync(join(tmpdir(), 'onnx-int8-'));
beforeAll(() => void openBackend({ threads: 1 }));
afterAll(() => rmSync(folder, { recursive: true }));

const everyKind: Architecture = network(
  `
layerScale: true
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: fusedIb, kernel: 3, expand: 2, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 5, stride: 2, expand: 2, out: 16 }
      - { kind: mqa, heads: 2, keyDim: 4, kvStride: 2, out: 16 }
      - { kind: mha, heads: 2, keyDim: 4, out: 16 }
      - { kind: dwSep, kernel: 3, out: 16 }
      - { kind: invertedResidual, kernel: 5, expand: 2, out: 16, squeeze: true, activation: relu6 }
      - { kind: invertedResidual, kernel: 3, expand: 2, out: 16, squeeze: true, activation: hardSwish }
head: { conv: 24, hidden: 16 }`,
  'input: { resolution: 16, channels: 3 }',
);

const quantizedOf = (architecture: Architecture) => {
  const exported = randomExported(architecture);
  return { exported, int8: quantizedNetwork(exported, trial(architecture, 40)) };
};

describe('an ONNX file in int8', () => {
  it.each([
    ['relu', everyKind],
    ['gelu', { ...everyKind, activation: 'gelu' as const }],
    ['relu, symmetric padding and an odd size', { ...small, padding: 'symmetric' as const }],
  ])('gives the predicted logits in ONNX Runtime for every kind of block, with %s', async (_, architecture) => {
    const { exported, int8 } = quantizedOf(architecture);
    const files = await onnx.files(exported, { fold: true, int8 });
    expect(files.map(({ name }) => name)).toEqual(['model.onnx', 'model-int8.onnx']);
    for (const { name, content } of files) writeFileSync(join(folder, name), Buffer.concat(content as Uint8Array[]));
    const check = await checkInt8(folder, onnx.int8!, exported, int8, trial(architecture, 20, 4));
    expect(check.runtime).toMatch(/^ONNX Runtime/);
    expect(check.error).toBeLessThan(1.3 * check.predicted);
    expect(check.predicted).toBeGreaterThan(0.001);
  });

  it('gives whole numbers of the last scale, at most a few from the predicted ones', async () => {
    const { exported, int8 } = quantizedOf(small);
    const images = trial(small, 32);
    const expected = simulatedLogits(int8.quantized, small.input, images);
    const session = await openInt8('onnx', exported, int8.quantized);
    const { logits, runtime } = await session.logits(images);
    await session.close();
    expect(runtime).toMatch(/^ONNX Runtime/);
    const { scale } = int8.quantized.parameters.get(int8.quantized.graph.output)!;
    const steps = [...logits].map((value, i) => (value - expected[i]!) / scale);
    for (const step of steps) expect(Math.abs(step - Math.round(step))).toBeLessThan(1e-3);
    expect(Math.max(...steps.map(Math.abs))).toBeLessThan(3.5);
    expect(steps.filter((step) => Math.abs(step) < 0.5).length).toBeGreaterThan(0.8 * steps.length);
  });

  it('is computed in integers', async () => {
    const { exported, int8 } = quantizedOf(everyKind);
    const file = join(folder, 'optimized.onnx');
    const session = await InferenceSession.create(onnxInt8Model(exported, int8.quantized), {
      optimizedModelFilePath: file,
      logSeverityLevel: 4,
    });
    await session.release();
    const onIntegers = /^(com\.microsoft\.)?(QLinear.*|QuantizeLinear|DequantizeLinear|Reshape|Transpose)$/;
    const others = onnxOps(file).filter((op) => !onIntegers.test(op));
    expect(others).toEqual([]);
    expect(onnxOps(file).filter((op) => op === 'com.microsoft.QLinearConv')).toHaveLength(
      int8.quantized.graph.nodes.filter(({ inputs }) => inputs.length === 3).length,
    );
  });

  it('holds the integers of the LiteRT file: weights as they are, values with a zero point larger by 128', () => {
    const { graph, parameters, constants } = quantizedOf(everyKind).int8.quantized;
    const {
      nodes,
      constants: { initializers },
    } = onnxGraph(graph, 'logits', { parameters, constants });
    const by = (output: string) => nodes.find(({ outputs }) => outputs[0] === output)!;
    const numbers = (name: string) => [...initializers.get(name)!.values].map(Number);
    const convolutions = nodes.filter(({ op }) => op === 'Conv');
    expect(convolutions.length).toBeGreaterThan(20);
    for (const { inputs } of convolutions) {
      const [x, kernel, bias] = inputs.map(by);
      expect([x, kernel, bias].map((node) => node!.op)).toEqual(new Array(3).fill('DequantizeLinear'));
      const [scale] = numbers(x!.inputs[1]!);
      const [weights, scales] = [kernel!.inputs[0]!, numbers(kernel!.inputs[1]!)];
      expect(initializers.get(weights)!.values).toBeInstanceOf(Int8Array);
      expect(initializers.get(weights)!.shape[0]).toBe(scales.length);
      expect([...numbers(weights)].sort()).toEqual([...constants.get(weights)!.values].sort());
      expect(numbers(bias!.inputs[1]!)).toEqual(scales.map((each) => Math.fround(scale! * each)));
      expect([kernel!.inputs.length, bias!.inputs.length]).toEqual([2, 2]); // the zero point is 0
    }
    const stored = nodes.filter(({ op }) => op === 'QuantizeLinear');
    for (const { inputs, outputs } of stored) {
      const name = outputs[0]!.replace(/\/(integers|map)$/, '');
      const { scale, zeroPoint } = parameters.get(name)!;
      expect([numbers(inputs[1]!), numbers(inputs[2]!)]).toEqual([[scale], [zeroPoint + 128]]);
      expect(initializers.get(inputs[2]!)!.values).toBeInstanceOf(Uint8Array);
    }
    expect(stored.length).toBeGreaterThan(30);
  });

  it('has a fixed batch where one is asked for', async () => {
    const { exported, int8 } = quantizedOf(small);
    const shapeOf = async (batch?: number) => {
      const session = await InferenceSession.create(onnxInt8Model(exported, int8.quantized, batch), {
        logSeverityLevel: 4,
      });
      const [input] = session.inputMetadata;
      await session.release();
      return input!.isTensor && input!.shape;
    };
    expect(await shapeOf(2)).toEqual([2, 3, 9, 9]);
    expect(await shapeOf()).toEqual(['batch', 3, 9, 9]);
  });
});
