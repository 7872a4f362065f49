/** Exports a network as a web page that classifies pictures, with its TensorFlow.js and LiteRT models and both runtimes. */
import type { Exporter } from '#tasks/export/exporter';
import { litert } from '#tasks/export/litert/litert';
import { tfjs } from '#tasks/export/tfjs/tfjs';
import { libraryVersions, pageFiles } from './page-files.js';
import { webRuntimes } from './runtimes.js';
import { webPage } from './web-page.js';

export const web: Exporter = {
  title: 'a web page with models of TensorFlow.js and LiteRT',
  layout: 'NHWC',
  isGraph: true,
  batch: 1, // of the page, and LiteRT in browsers takes no open batch
  async files(exported, options) {
    const runtimes = webRuntimes.filter(({ id }) => id !== 'litert-int8' || options.int8 !== undefined);
    return [
      { name: 'index.html', content: webPage(exported, runtimes, libraryVersions()) },
      ...(await tfjs.files(exported, options)),
      ...(await litert.files(exported, options)),
      ...pageFiles(),
    ];
  },
  usage: () => `\`\`\`sh
python3 -m http.server --directory .
\`\`\`
Any server of static files does; open the address that it prints. The page loads nothing from elsewhere. model.json is
the network for TensorFlow.js, model.tflite for LiteRT.`,
  requireRuntime: litert.requireRuntime,
  async logits(folder, exported, images) {
    const byTfjs = await tfjs.logits(folder, exported, images);
    const byLitert = await litert.logits(folder, exported, images);
    return {
      ...byLitert,
      runtime: `${byTfjs.runtime} and ${byLitert.runtime}`,
      logits: [...byTfjs.logits, ...byLitert.logits],
    };
  },
  int8: litert.int8,
};
