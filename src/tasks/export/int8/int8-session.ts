/** Runs a network in int8 in the runtimes of its users. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { litertLogits, requireLitert } from '#data/runtimes/litert';
import type { ModelRuntime } from '#data/runtimes/model-runtimes';
import { openOnnxSession } from '#data/runtimes/onnx-session';
import type { Images } from '#networks/nn/model';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape } from '#networks/space/resolution';
import type { Exported } from '#tasks/export/exporter';
import { litertInt8Model } from '#tasks/export/litert/litert';
import { onnxInt8Model, onnxLogits } from '#tasks/export/onnx/onnx';
import type { QuantizedGraph } from './quantized-graph.js';

export interface Int8Session {
  /** Computes logits [n, K] of images, and says which program did. */
  logits(images: Images): Promise<{ readonly logits: Float32Array; readonly runtime: string }>;
  close(): Promise<void>;
}

/** Requires that a runtime is installed; a backend failure if it is not. */
export function requireInt8Runtime(runtime: ModelRuntime): void {
  if (runtime === 'litert') requireLitert();
}

/** Opens a network in a runtime; the caller closes it. */
export function openInt8(runtime: ModelRuntime, exported: Exported, quantized: QuantizedGraph): Promise<Int8Session> {
  return opened[runtime](exported, quantized);
}

const opened: Readonly<Record<ModelRuntime, (exported: Exported, quantized: QuantizedGraph) => Promise<Int8Session>>> =
  {
    async litert(exported, quantized) {
      const { input } = exported.network;
      const folder = mkdtempSync(join(tmpdir(), 'mnv4-nas-int8-'));
      const file = join(folder, 'model.tflite');
      writeFileSync(file, Buffer.concat(litertInt8Model(exported, quantized)));
      return {
        async logits({ n, images }) {
          const pixels = preprocessed(images, [n, ...inputShape(input)], preprocessingFor('NHWC', input));
          const { logits, runtime } = litertLogits(file, pixels, n, 'xnnpack');
          return { logits: logits[0] as Float32Array, runtime };
        },
        close: async () => rmSync(folder, { recursive: true }),
      };
    },
    async onnx(exported, quantized) {
      const { name } = exported.network;
      const session = await openOnnxSession(onnxInt8Model(exported, quantized), { name });
      return {
        async logits(images) {
          const logits = await onnxLogits(session, exported.network, { ...images, batch: images.n });
          return { logits, runtime: session.runtime };
        },
        close: () => session.release(),
      };
    },
  };
