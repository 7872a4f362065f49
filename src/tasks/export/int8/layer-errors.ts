/** Which layers lose most by int8. */
import type { Images } from '#networks/nn/model';
import type { NetworkInput } from '#networks/space/space';
import { simulatedLogits } from './quantize-network.js';
import type { QuantizedGraph } from './quantized-graph.js';
import { relativeError } from './relative-error.js';

export interface LayerError {
  /** Name of the layer, or of the op for those without weights. */
  readonly layer: string;
  /** Relative error of the logits where this layer alone is in int8, with its weights and its output. */
  readonly error: number;
}

/** Returns the error by each layer, the largest first. */
export function layerErrors(quantized: QuantizedGraph, input: NetworkInput, images: Images): LayerError[] {
  const { graph, parameters, constants } = quantized;
  const logits = (part: Pick<QuantizedGraph, 'parameters' | 'constants'>) =>
    simulatedLogits({ graph, ...part }, input, images);
  const expected = logits({ parameters: new Map(), constants: new Map() });
  const errors = graph.nodes.map(({ name, inputs }) => {
    const found = logits({ parameters: only(parameters, [name]), constants: only(constants, inputs) });
    return { layer: name.replace(/\/[^/]*$/, ''), error: relativeError(found, expected) };
  });
  return errors.sort((a, b) => b.error - a.error);
}

function only<V>(all: ReadonlyMap<string, V>, names: readonly string[]): Map<string, V> {
  return new Map([...all].filter(([name]) => names.includes(name)));
}
