/** Exports a network as an ONNX model: channels first, weights in ONNX's order under our names, opset 17. */
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { type OnnxModel, onnxBytes } from '#data/files/onnx-file';
import { type OnnxSession, openOnnxSession } from '#data/runtimes/onnx-session';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import type { Exported, Exporter, ExportOptions, TrialImages } from '#tasks/export/exporter';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import { inputName, outputName } from '#tasks/export/ports';
import { preprocessingOf } from '#tasks/export/preprocessing';
import { onnxGraph } from './onnx-rules.js';

export const opset = 17; // from 2022: has all ops that the networks need, and every current runtime supports it
const mostBytes = 2 ** 31 - 1; // limit of a Protocol Buffers message
const irVersion = 8; // the one that came with opset 17

/** Returns the bytes of an ONNX model with input `image` [batch, C, H, W] and output `logits` [batch, K]. */
export function onnxModel(exported: Exported, { fold, batch }: ExportOptions): Uint8Array {
  const { network, weights, provenance, origin } = exported;
  const { nodes, initializers } = onnxGraph(inferenceGraph(network, weights, { fold }), outputName);
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

export const onnx: Exporter = {
  title: `ONNX, opset ${opset}`,
  layout: 'NCHW',
  isGraph: true,
  files: async (exported, options) => [{ name: modelFile, content: [onnxModel(exported, options)] }],
  usage: () => `\`\`\`python
import onnxruntime
session = onnxruntime.InferenceSession("${modelFile}")
(${outputName},) = session.run(None, {"${inputName}": pixels})
\`\`\``,
  async logits(folder, { network }, { n, images, batch }) {
    const file = join(folder, modelFile);
    const session = await openOnnxSession(file, { name: file });
    try {
      const logits = await onnxLogits(session, network, { n, images, batch });
      return { logits: [logits], runtime: session.runtime };
    } finally {
      await session.release();
    }
  },
};

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
