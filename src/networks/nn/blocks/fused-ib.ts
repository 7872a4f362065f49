import { channelsOf, convLayer, pointwiseLayer } from '#networks/nn/layers';
import type { MixedBlock } from '#networks/nn/mixed-block';
import type { Pass } from '#networks/nn/pass';
import { expandedChannels, type FusedIbSpec } from '#networks/space/block';
import type { Features } from '#networks/tensor/tape';

/** Fused inverted bottleneck without its residual: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out]. */
export function fusedIb(pass: Pass, name: string, spec: MixedBlock<FusedIbSpec>, x: Features): Features {
  const { kernel: kernels, stride, out } = spec;
  const { activation } = pass;
  const wide = expandedChannels(channelsOf(x), spec.expand);
  const expanded = convLayer(pass, `${name}.expand`, x, { kernels, stride, out: wide, activation });
  return pointwiseLayer(pass, `${name}.project`, expanded, { out, activation: 'none' });
}
