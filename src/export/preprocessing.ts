/** What others' tools do to images before they give them to an exported network. */
import { extentsIn, preprocessingFor } from '../nn/preprocessing.js';
import { inputShape } from '../space/resolution.js';
import type { Architecture } from '../space/space.js';
import type { Exporter } from './exporter.js';

/** As `preprocessing.json` and the metadata of models say it; the batch is left open. */
export function preprocessingOf({ input }: Pick<Architecture, 'input'>, layout: Exporter['layout']) {
  const shape = ['batch', ...extentsIn(layout, [0, ...inputShape(input)]).slice(1)];
  return { dtype: 'float32', shape, scale: 1 / 255, ...preprocessingFor(layout, input) };
}
