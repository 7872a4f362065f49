/** The graph that is quantized computes, before it is, what the network computes: for every kind of block. */
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape } from '#networks/space/resolution';
import type { Exported, Exporter, TrialImages } from '#tasks/export/exporter';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import { GraphValues } from '#tasks/export/int8/graph-values';
import { quantizableForm } from '#tasks/export/int8/quantizable-form';
import { litertForm } from '#tasks/export/litert/litert-form';
import { onnx } from '#tasks/export/onnx/onnx';
import { testLogits } from '#test/tasks/export/logits-tests';

const quantizable: Exporter = { ...onnx, files: async () => [], logits };

testLogits('the graph that is quantized, op by op,', quantizable);

async function logits(_: string, { network, weights }: Exported, { n, images }: TrialImages) {
  const graph = litertForm(quantizableForm(inferenceGraph(network, weights, { fold: true })), 'int8');
  const pixels = preprocessed(images, [n, ...inputShape(network.input)], preprocessingFor('NHWC', network.input));
  const values = new GraphValues(graph);
  try {
    return { logits: [values.output(pixels, () => undefined)], runtime: 'the graph' };
  } finally {
    values.dispose();
  }
}
