/** Preprocessing that other tools apply to images before an exported network. */
import { extentsIn, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import type { Exporter } from './exporter.js';

/** Returns the preprocessing as `preprocessing.json` and the metadata of models state it; the batch is left open. */
export function preprocessingOf({ input }: Pick<Architecture, 'input'>, layout: Exporter['layout']) {
  const shape = ['batch', ...extentsIn(layout, [0, ...inputShape(input)]).slice(1)];
  return { dtype: 'float32', shape, scale: 1 / 255, ...preprocessingFor(layout, input) };
}
