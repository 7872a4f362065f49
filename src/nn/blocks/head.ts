import type { Head } from '../../space/space.js';
import { channelsOf, pointwiseLayer } from '../layers.js';
import { biasAdd, globalAveragePool } from '../ops/arithmetic.js';
import { settled } from '../ops/combine.js';
import { flattened, pointwise } from '../ops/pointwise.js';
import type { Pass } from '../pass.js';
import type { Features, Value } from '../tape.js';

/** 1x1 -> BN -> act -> global average pool -> 1x1 -> BN -> act -> dropout -> fc: [B, H, W, C] to logits [B, classes]. */
export function head(pass: Pass, { conv, hidden }: Head, classes: number, x: Features): Value {
  return pass.tape.block(() => {
    const wide = conv === 0 ? x : pointwiseLayer(pass, 'head.conv', x, { out: conv, activated: true });
    const pooled = globalAveragePool(pass.tape, settled(pass.tape, wide));
    const deep = hidden === 0 ? pooled : pointwiseLayer(pass, 'head.hidden', pooled, { out: hidden, activated: true });
    const features = flattened(pass.tape, pass.dropout(settled(pass.tape, deep)));
    const kernel = pass.weight('head.fc.kernel', [channelsOf(features), classes], 'fc');
    const bias = pass.weight('head.fc.bias', [classes], 'zero');
    return biasAdd(pass.tape, pointwise(pass.tape, features, kernel), bias);
  });
}
