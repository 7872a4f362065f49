/** Exports a network as an ONNX model: channels first, weights in ONNX's order under our names, opset 17. */
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { type OnnxModel, onnxBytes } from '#data/files/onnx-file';
import { type OnnxSession, openOnnxSession, requireOnnxRuntime } from '#data/runtimes/onnx-session';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import type { Exported, ExportedLogits, Exporter, ExportOptions, TrialImages } from '#tasks/export/exporter';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import type { QuantizedGraph } from '#tasks/export/int8/quantized-graph';
import { inputName, outputName } from '#tasks/export/ports';
import { preprocessingOf } from '#tasks/export/preprocessing';
import { onnxGraph } from './onnx-rules.js';

export const opset = 17; // from 2022: has all ops that the networks need, and every current runtime supports it
const mostBytes = 2 ** 31 - 1; // limit of a Protocol Buffers message
const irVersion = 8; // the one that came with opset 17

/** Returns the bytes of an ONNX model with input `image` [batch, C, H, W] and output `logits` [batch, K]. */
export function onnxModel(exported: Exported, { fold, batch }: ExportOptions): Uint8Array {
  return modelOf(exported, onnxGraph(inferenceGraph(exported.network, exported.weights, { fold }), outputName), batch);
}

/** Returns the bytes of the same model in int8, in the form QDQ, whose input and output are float32 too. */
export function onnxInt8Model(exported: Exported, quantized: QuantizedGraph, batch?: number): Uint8Array {
  return modelOf(exported, onnxGraph(quantized.graph, outputName, quantized), batch);
}

function modelOf(
  exported: Exported,
  { nodes, constants: { initializers } }: ReturnType<typeof onnxGraph>,
  batch: number | undefined,
): Uint8Array {
  const { network, provenance, origin } = exported;
  const [height, width, channels] = inputShape(network.input);
  const model: OnnxModel = {
    irVersion,
    opset,
    producer: { name: 'mnv4-nas', version: provenance['program'] ?? '' },
    documentation: `${network.name}: ${origin}`,
    graph: {
      name: network.name,
      nodes,
      initializers,
      inputs: [{ name: inputName, shape: [batch ?? 'batch', channels, height, width] }],
      outputs: [{ name: outputName, shape: [batch ?? 'batch', network.classes] }],
    },
    metadata: {
      ...provenance,
      origin,
      preprocessing: JSON.stringify(preprocessingOf(network, 'NCHW')),
      ...(exported.classNames && { classNames: JSON.stringify(exported.classNames) }),
    },
  };
  const bytes = onnxBytes(model);
  if (bytes.length > mostBytes) throw new Failure('data', `${network.name}: exceeds the 2 GB of an ONNX file`);
  return bytes;
}

const modelFile = 'model.onnx';
const int8File = 'model-int8.onnx';

export const onnx: Exporter = {
  title: `ONNX, opset ${opset}`,
  layout: 'NCHW',
  isGraph: true,
  requireRuntime: requireOnnxRuntime,
  async files(exported, options) {
    const model = { name: modelFile, content: [onnxModel(exported, options)] };
    if (options.int8 === undefined) return [model];
    const { quantized } = options.int8;
    return [model, { name: int8File, content: [onnxInt8Model(exported, quantized, options.batch)] }];
  },
  usage: () => `\`\`\`python
import onnxruntime
session = onnxruntime.InferenceSession("${modelFile}")
(${outputName},) = session.run(None, {"${inputName}": pixels})
\`\`\``,
  logits: async (folder, exported, images) => logitsBy(join(folder, modelFile), exported, images),
  int8: {
    name: int8File,
    logits: async (folder, exported, images) => logitsBy(join(folder, int8File), exported, images),
  },
};

async function logitsBy(file: string, { network }: Exported, images: TrialImages): Promise<ExportedLogits> {
  const session = await openOnnxSession(file, { name: file });
  try {
    return { logits: [await onnxLogits(session, network, images)], runtime: session.runtime };
  } finally {
    await session.release();
  }
}

/** Computes logits [n, K] of images, `batch` at a time. */
export async function onnxLogits(
  session: OnnxSession,
  { input, classes }: Pick<Architecture, 'input' | 'classes'>,
  { n, images, batch }: TrialImages,
): Promise<Float32Array> {
  const [height, width, channels] = inputShape(input);
  const size = inputSize(input);
  const logits = new Float32Array(n * classes);
  for (let from = 0; from < n; from += batch) {
    const part = images.subarray(from * size, (from + batch) * size);
    const count = part.length / size;
    const pixels = preprocessed(part, [count, height, width, channels], preprocessingFor('NCHW', input));
    logits.set(await session.run(pixels, [count, channels, height, width]), from * classes);
  }
  return logits;
}
