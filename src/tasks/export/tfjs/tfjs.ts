/** Exports a network as a GraphModel of TensorFlow.js: `model.json`, and its weights in files of at most 4 MB. */

import { openTfjsModel } from '#data/runtimes/tfjs-model';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { Exported, Exporter, ExportOptions } from '#tasks/export/exporter';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import type { GraphConstant } from '#tasks/export/graph/trace-graph';
import { inputName, outputName } from '#tasks/export/ports';
import { tfjsGraph } from './tfjs-graph.js';

const shardBytes = 2 ** 22; // as TensorFlow.js's converter writes them and browsers cache them

export const tfjs: Exporter = {
  title: 'a GraphModel of TensorFlow.js',
  layout: 'NHWC',
  isGraph: true,
  async files(exported, options) {
    const { nodes, constants } = graphOf(exported, options);
    const shards = shardsOf([...constants.values()].map(({ values }) => bytesOf(values)));
    const names = shards.map((_, i) => `group1-shard${i + 1}of${shards.length}.bin`);
    const model = {
      format: 'graph-model',
      generatedBy: `mnv4-nas ${exported.provenance['program'] ?? ''}`.trim(),
      convertedBy: null,
      signature: signatureOf(exported, options),
      userDefinedMetadata: { origin: exported.origin, ...exported.provenance },
      modelTopology: { node: nodes, versions: { producer: 27 } },
      weightsManifest: [{ paths: names, weights: [...constants].map(([name, constant]) => specOf(name, constant)) }],
    };
    const parts = shards.map((content, i) => ({ name: names[i] as string, content }));
    return [{ name: 'model.json', content: JSON.stringify(model) }, ...parts];
  },
  usage: () => `\`\`\`js
const model = await tf.loadGraphModel('model.json');
const ${outputName} = model.predict(pixels);
\`\`\``,
  async logits(folder, { network }, { n, images, batch }) {
    const model = await openTfjsModel(folder);
    try {
      const size = inputSize(network.input);
      const logits = new Float32Array(n * network.classes);
      for (let from = 0; from < n; from += batch) {
        const part = images.subarray(from * size, (from + batch) * size);
        const shape = [part.length / size, ...inputShape(network.input)];
        const pixels = preprocessed(part, shape, preprocessingFor('NHWC', network.input));
        logits.set(model.run(pixels, shape), from * network.classes);
      }
      return { logits: [logits], runtime: model.runtime };
    } finally {
      model.dispose();
    }
  },
};

function graphOf({ network, weights }: Exported, { fold, batch }: ExportOptions) {
  return tfjsGraph(inferenceGraph(network, weights, { fold }), outputName, batch);
}

function signatureOf({ network }: Exported, { batch = -1 }: ExportOptions) {
  const port = (name: string, shape: readonly number[]) => ({
    [name]: {
      name: `${name}:0`,
      dtype: 'DT_FLOAT',
      tensorShape: { dim: shape.map((extent) => ({ size: String(extent) })) },
    },
  });
  return {
    inputs: port(inputName, [batch, ...inputShape(network.input)]),
    outputs: port(outputName, [batch, network.classes]),
  };
}

function specOf(name: string, { shape, values }: GraphConstant) {
  return { name, shape, dtype: values instanceof Float32Array ? 'float32' : 'int32' };
}

function bytesOf({ buffer, byteOffset, byteLength }: GraphConstant['values']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Joins the bytes of all parts and cuts them into files of equal size except for the last. */
function shardsOf(parts: readonly Uint8Array[]): Uint8Array[][] {
  const shards: Uint8Array[][] = [[]];
  let room = shardBytes;
  for (const part of parts) {
    for (let from = 0; from < part.length; ) {
      if (room === 0) {
        shards.push([]);
        room = shardBytes;
      }
      const piece = part.subarray(from, from + room);
      (shards.at(-1) as Uint8Array[]).push(piece);
      from += piece.length;
      room -= piece.length;
    }
  }
  return shards;
}
