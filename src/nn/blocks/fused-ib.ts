import { expandedChannels, type FusedIbSpec } from '../../space/block.js';
import type { Averaged } from '../averaged.js';
import { channelsOf, convLayer, pointwiseLayer } from '../layers.js';
import type { Pass } from '../pass.js';
import type { Features } from '../tape.js';

/** Fused inverted bottleneck without its residual: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out]. */
export function fusedIb(pass: Pass, name: string, spec: Averaged<FusedIbSpec>, x: Features): Features {
  const { kernel: kernels, stride, out } = spec;
  const { activation } = pass;
  const wide = expandedChannels(channelsOf(x), spec.expand);
  const expanded = convLayer(pass, `${name}.expand`, x, { kernels, stride, out: wide, activation });
  return pointwiseLayer(pass, `${name}.project`, expanded, { out, activation: 'none' });
}
