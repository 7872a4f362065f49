import { channelsOf, depthwiseLayer, layerScale, normLayer } from '#networks/nn/layers';
import type { MixedBlock } from '#networks/nn/mixed-block';
import type { Pass } from '#networks/nn/pass';
import type { AttentionSpec } from '#networks/space/block';
import { perChannel } from '#networks/tensor/ops/arithmetic';
import { dotProductAttention } from '#networks/tensor/ops/attention';
import { materialized } from '#networks/tensor/ops/combine';
import { inShape, pointwise } from '#networks/tensor/ops/pointwise';
import { transposed } from '#networks/tensor/ops/transpose';
import type { Value } from '#networks/tensor/tape';

/** Attention without its residual, softmax(Q K^T / sqrt(keyDim)) V for each head: [B, H, W, C] to [B, H, W, out]. */
export function attention(pass: Pass, name: string, spec: MixedBlock<AttentionSpec>, x: Value): Value {
  const { heads, keyDim, valueDim, out } = spec;
  const { tape } = pass;
  const [images, height, width] = x.tensor.shape as [number, number, number, number];
  const normal = normLayer(pass, `${name}.norm`, x);
  const query = projected(pass, `${name}.query`, normal, heads * keyDim);
  const [key, value] = [
    seen(pass, `${name}.key`, spec, normal, keyDim),
    seen(pass, `${name}.value`, spec, normal, valueDim),
  ];
  const attended = spec.kind === 'mqa' ? shared(pass, query, key, value) : separate(pass, query, key, value, heads);
  const map = inShape(tape, attended, [images, height, width, heads * valueDim]);
  const scale = layerScale(pass, name, out);
  const kernel = pass.weight(`${name}.output.kernel`, [heads * valueDim, out], 'lecun');
  return pointwise(tape, map, scale === undefined ? kernel : perChannel(tape, kernel, scale));
}

/** Keys or values at the places that `kvStride` leaves: [B, H', W', dim], or [B, H', W', heads * dim] for `mha`. */
function seen(
  pass: Pass,
  name: string,
  { kind, heads, kvStride }: MixedBlock<AttentionSpec>,
  x: Value,
  dim: number,
): Value {
  const down = { kernels: 3, stride: kvStride, activation: 'none' } as const;
  const map = kvStride === 1 ? x : materialized(pass.tape, depthwiseLayer(pass, `${name}.down`, x, down));
  return projected(pass, name, map, kind === 'mqa' ? dim : heads * dim);
}

function projected(pass: Pass, name: string, x: Value, out: number): Value {
  return pointwise(pass.tape, x, pass.weight(`${name}.kernel`, [channelsOf(x), out], 'lecun'));
}

/** Attention with keys and values shared by all heads, each a query at each place: [B, H * W * heads, valueDim]. */
function shared({ tape }: Pass, query: Value, key: Value, value: Value): Value {
  const rows = (x: Value, dim: number) => inShape(tape, x, [x.tensor.shape[0] as number, -1, dim]);
  const [keyDim, valueDim] = [channelsOf(key), channelsOf(value)];
  return dotProductAttention(tape, rows(query, keyDim), rows(key, keyDim), rows(value, valueDim));
}

/** Attention with separate keys and values for each head: [B, H * W, heads, valueDim]. */
function separate({ tape }: Pass, query: Value, key: Value, value: Value, heads: number): Value {
  const byHead = (x: Value) => {
    const [images, height, width, channels] = x.tensor.shape as [number, number, number, number];
    return transposed(tape, inShape(tape, x, [images, height * width, heads, channels / heads]), [0, 2, 1, 3]);
  };
  return transposed(tape, dotProductAttention(tape, byHead(query), byHead(key), byHead(value)), [0, 2, 1, 3]);
}
