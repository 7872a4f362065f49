/** Tells to which layer of a network each operator belongs that LiteRT executes. */
import type { Layer, LayerKind } from '#networks/cost/layers/layer';

const product = /^(Multiply|MUL\b)/;

/** Names that XNNPACK and LiteRT give the operator with which a layer of each kind begins. */
const beginnings: Readonly<Record<LayerKind, RegExp>> = {
  conv: /^(Convolution .*GEMM|CONV_2D)/,
  pointwise: /^(Fully Connected|Convolution .*GEMM|CONV_2D|FULLY_CONNECTED)/,
  depthwise: /^(Convolution .*DWConv|DEPTHWISE_CONV_2D)/,
  pool: /^(Average Pooling|AVERAGE_POOL_2D|Mean|MEAN)/,
  fc: /^(Fully Connected|FULLY_CONNECTED)/,
  matmul: /^(Batch Matrix Multiply|BATCH_MATMUL)/,
  softmax: /^(Softmax|SOFTMAX)/,
  multiply: product,
};

/**
 * Returns the index of the layer that each executed operator belongs to. Activations, sums, paddings and what else lies
 * between two layers count for the one before them, as in the cost model; what precedes the first layer counts for it, and
 * a batch norm in front of attention for the queries.
 *
 * @param names  of the executed operators, in their order
 */
export function layersOfEvents(names: readonly string[], layers: readonly Layer[]): number[] {
  const found: number[] = [];
  let layer = -1;
  let isNorm = false; // of the attention that begins next
  for (const [i, name] of names.entries()) {
    const next = layers[layer + 1];
    if (next !== undefined && begins(next, name, names[i + 1])) {
      layer++;
      isNorm = false;
    } else if (next?.name.endsWith('.query')) isNorm ||= product.test(name) || beginnings.depthwise.test(name);
    found.push(Math.max(0, isNorm ? layer + 1 : layer));
  }
  const missing = layers[layer + 1];
  if (missing === undefined) return found;
  throw new Error(
    `LiteRT's profile has no operator that begins ${missing.name}, a ${missing.kind}: ${names.join(', ')}`,
  );
}

/** Where squeeze-and-excitation has two products in a row, the second is that with the map. */
function begins({ kind }: Layer, name: string, after: string | undefined): boolean {
  const isFirst = after !== undefined && product.test(after);
  return beginnings[kind].test(name) && !(kind === 'multiply' && isFirst);
}
