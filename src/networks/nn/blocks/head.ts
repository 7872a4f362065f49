import { biasedLayer, pointwiseLayer } from '#networks/nn/layers';
import type { Pass } from '#networks/nn/pass';
import type { Head } from '#networks/space/space';
import { activated } from '#networks/tensor/ops/activation';
import { globalAveragePool } from '#networks/tensor/ops/arithmetic';
import { materialized } from '#networks/tensor/ops/combine';
import { flattened } from '#networks/tensor/ops/pointwise';
import type { Features, Value } from '#networks/tensor/tape';

/**
 * 1x1 -> BN -> act -> global average pool -> 1x1 -> BN -> act -> dropout -> fc: [B, H, W, C] to logits [B, classes].
 */
export function head(pass: Pass, { conv, hidden, hiddenNorm }: Head, classes: number, x: Features): Value {
  const { tape, activation } = pass;
  return tape.block(() => {
    const wide = conv === 0 ? x : pointwiseLayer(pass, 'head.conv', x, { out: conv, activation });
    const pooled = globalAveragePool(tape, materialized(tape, wide));
    const deep = hidden === 0 ? pooled : hiddenLayer(pass, pooled, hidden, hiddenNorm);
    const features = flattened(tape, pass.dropout(materialized(tape, deep)));
    return biasedLayer(pass, 'head.fc', features, classes, 'fc');
  });
}

function hiddenLayer(pass: Pass, x: Value, out: number, hasNorm: boolean): Features {
  const { tape, activation } = pass;
  if (hasNorm) return pointwiseLayer(pass, 'head.hidden', x, { out, activation });
  return activated(tape, biasedLayer(pass, 'head.hidden', x, out, 'he'), activation);
}
