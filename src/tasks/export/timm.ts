/** Exports a network for timm: a program that builds it from timm's blocks, and its weights under timm's names. */
import { join } from 'node:path';
import { checkedSafetensorsParts, readSafetensors } from '#data/files/safetensors';
import { logitsWith } from '#networks/nn/frozen-network';
import { timmDefinition } from '#networks/weights/timm/definition';
import { timmFiles, timmLoader } from '#networks/weights/timm/loader';
import { fromTimm, toTimm } from '#networks/weights/timm/weights';
import type { Exporter } from './exporter.js';

export const timm: Exporter = {
  title: 'a model of timm',
  layout: 'NCHW',
  isGraph: false,
  files: async ({ network, weights, provenance, origin }) => {
    const program = timmLoader(network, timmDefinition(network));
    const metadata = { format: 'pt', network: network.name, origin, ...provenance };
    return [
      { name: timmFiles.loader, content: program },
      { name: timmFiles.weights, content: checkedSafetensorsParts(toTimm(network, weights), metadata) },
    ];
  },
  usage: () => `\`\`\`
pip install timm safetensors
python ${timmFiles.loader} [IMAGE]
\`\`\`
\`load()\` of ${timmFiles.loader} returns the timm model with its weights, loaded strictly;
\`pixels(IMAGE)\` returns an image as the model takes it.`,
  async logits(folder, { network }, images) {
    const file = join(folder, timmFiles.weights);
    const tensors = fromTimm(network, readSafetensors(file).tensors, file);
    const runtime = "mnv4-nas, weights read back from timm's names,";
    return { logits: [logitsWith(network, tensors, images, images.batch)], runtime };
  },
};
