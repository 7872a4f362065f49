/** Exports a network's weights as safetensors, under our names and in our layout, as `--weights` reads them. */
import { join } from 'node:path';
import { checkedSafetensorsParts, readSafetensors } from '#data/files/safetensors';
import { logitsWith } from '#networks/nn/frozen-network';
import type { Exporter } from './exporter.js';

const weightsFile = 'weights.safetensors';

export const safetensors: Exporter = {
  title: 'weights in the safetensors format',
  layout: 'NHWC',
  isGraph: false,
  files: async ({ network, weights, provenance, origin }) => {
    const metadata = { format: 'mnv4-nas', network: network.name, origin, ...provenance };
    return [{ name: weightsFile, content: checkedSafetensorsParts(weights, metadata) }];
  },
  usage: () => `\`\`\`
mnv4-nas eval architecture.yaml --weights ${weightsFile} --dataset RECIPE
\`\`\`
Kernels are [height, width, in, out], of depthwise convolutions [height, width, channels, 1], of 1x1 [in, out]. Each
batch norm has \`gamma\`, \`beta\` and its statistics \`mean\` and \`variance\` (epsilon in the network's file, else 0.001).`,
  async logits(folder, { network }, images) {
    const { tensors } = readSafetensors(join(folder, weightsFile));
    return { logits: [logitsWith(network, tensors, images, images.batch)], runtime: 'mnv4-nas' };
  },
};
