/** Exports a network as a model of LiteRT, formerly TensorFlow Lite: channels last, float32 or int8, its metadata inside. */
import { endianness } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { tfliteBytes } from '#data/files/tflite-schema';
import { type LitertLogits, litertLogits, requireLitert } from '#data/runtimes/litert';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape } from '#networks/space/resolution';
import type { Exported, Exporter, ExportOptions, TrialImages } from '#tasks/export/exporter';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import type { QuantizedGraph } from '#tasks/export/int8/quantized-graph';
import { labelsFile, labelsText } from '#tasks/export/labels';
import { inputName, outputName } from '#tasks/export/ports';
import { withAssociatedFiles } from './associated-files.js';
import { litertForm } from './litert-form.js';
import { litertMetadata } from './litert-metadata.js';
import { litertGraph } from './litert-rules.js';

const mostBytes = 2 ** 31 - 1; // limit of a FlatBuffer
const versionBytes = 16; // of the buffer that holds the minimal runtime, as converters write it
const modelFile = 'model.tflite';
const int8File = 'model-int8.tflite';

/** Returns the parts of a model in float32 with the signature `serving_default`, input `image` and output `logits`. */
export function litertModel(exported: Exported, { fold, batch }: ExportOptions): Uint8Array[] {
  const graph = litertForm(inferenceGraph(exported.network, exported.weights, { fold }), 'float32');
  return modelOf(exported, litertGraph(graph, outputName, batch));
}

/** Returns the parts of the same model in int8, whose input and output are float32 too. */
export function litertInt8Model(exported: Exported, quantized: QuantizedGraph, batch?: number): Uint8Array[] {
  return modelOf(exported, litertGraph(quantized.graph, outputName, batch, quantized));
}

function modelOf(exported: Exported, { builder, output }: ReturnType<typeof litertGraph>): Uint8Array[] {
  const { network, origin } = exported;
  if (endianness() !== 'LE') throw new Error('models of LiteRT are little-endian, and this machine is not');
  const { operator_codes, tensors, operators, buffers } = builder.parts();
  const runtime = Buffer.alloc(versionBytes);
  runtime.write(builder.runtimeVersion());
  const metadata = { min_runtime_version: runtime, TFLITE_METADATA: litertMetadata(exported) };
  const all = [...buffers, ...Object.values(metadata).map((data) => ({ data }))];
  const bytes = buffers.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  if (bytes > mostBytes - 2 ** 24) throw new Failure('data', `${network.name}: exceeds the 2 GB of a LiteRT file`);
  const input = 0;
  const model = tfliteBytes({
    version: 3,
    operator_codes,
    subgraphs: [{ tensors, inputs: [input], outputs: [output], operators, name: 'main' }],
    description: `${network.name}: ${origin}`,
    buffers: all,
    metadata: Object.keys(metadata).map((name, i) => ({ name, buffer: buffers.length + i })),
    signature_defs: [
      {
        inputs: [{ name: inputName, tensor_index: input }],
        outputs: [{ name: outputName, tensor_index: output }],
        signature_key: 'serving_default',
        subgraph_index: 0,
      },
    ],
  });
  return withAssociatedFiles(model, [{ name: labelsFile, content: labelsText(exported) }]);
}

export const litert = {
  title: 'a model of LiteRT (TensorFlow Lite)',
  layout: 'NHWC',
  isGraph: true,
  async files(exported, options) {
    const model = { name: modelFile, content: litertModel(exported, options) };
    if (options.int8 === undefined) return [model];
    const { quantized } = options.int8;
    return [model, { name: int8File, content: litertInt8Model(exported, quantized, options.batch) }];
  },
  usage: () => `\`\`\`python
from ai_edge_litert.interpreter import Interpreter
run = Interpreter("${modelFile}").get_signature_runner("serving_default")
${outputName} = run(${inputName}=pixels)["${outputName}"]
\`\`\`
The file also holds the normalisation of pixels and labels.txt as TensorFlow Lite metadata, which MediaPipe and Android's
ML model binding read. Scores that such programs show are logits, since the model ends without a softmax.`,
  requireRuntime: requireLitert,
  logits: async (folder, exported, images) => logitsBy(join(folder, modelFile), exported, images),
  int8: {
    name: int8File,
    logits: async (folder, exported, images) => logitsBy(join(folder, int8File), exported, images),
  },
} satisfies Exporter;

function logitsBy(file: string, { network: { input } }: Exported, { n, images, batch }: TrialImages): LitertLogits {
  const pixels = preprocessed(images, [n, ...inputShape(input)], preprocessingFor('NHWC', input));
  return litertLogits(file, pixels, batch);
}
