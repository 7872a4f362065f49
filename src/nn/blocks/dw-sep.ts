import type { DwSepSpec } from '../../space/block.js';
import type { Averaged } from '../averaged.js';
import { depthwiseLayer, pointwiseLayer } from '../layers.js';
import type { Pass } from '../pass.js';
import type { Features } from '../tape.js';

/** Depthwise separable convolution: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out]. */
export function dwSep(pass: Pass, name: string, spec: Averaged<DwSepSpec>, x: Features): Features {
  const { kernel: kernels, stride, out } = spec;
  const { activation } = pass;
  const filtered = depthwiseLayer(pass, `${name}.dw`, x, { kernels, stride, activation });
  return pointwiseLayer(pass, `${name}.project`, filtered, { out, activation });
}
