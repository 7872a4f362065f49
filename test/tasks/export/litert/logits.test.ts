import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape } from '#networks/space/resolution';
import { sizeOf } from '#networks/tensor/backend';
import type { Exported, TrialImages } from '#tasks/export/exporter';
import { litert } from '#tasks/export/litert/litert';
import { testLogits } from '#test/tasks/export/logits-tests';
import { interpreted, readModel } from './interpreter.js';

testLogits('litert, by the interpreter of the tests,', { ...litert, logits: interpretedLogits });

async function interpretedLogits(folder: string, { network: { input } }: Exported, { n, images, batch }: TrialImages) {
  const model = readModel(readFileSync(join(folder, 'model.tflite')));
  const shape = [batch, ...inputShape(input)];
  const pixels = preprocessed(images, [n, ...shape.slice(1)], preprocessingFor('NHWC', input));
  const size = sizeOf(shape);
  const parts = Array.from({ length: n / batch }, (_, i) =>
    interpreted(model, pixels.subarray(i * size, (i + 1) * size), shape),
  );
  return { logits: [Float32Array.from(parts.flatMap((part) => [...part]))], runtime: 'the interpreter of the tests' };
}
