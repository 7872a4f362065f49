import { depthwiseLayer, pointwiseLayer } from '#networks/nn/layers';
import type { MixedBlock } from '#networks/nn/mixed-block';
import type { Pass } from '#networks/nn/pass';
import type { DwSepSpec } from '#networks/space/block';
import type { Features } from '#networks/tensor/tape';

/** Depthwise separable convolution: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out]. */
export function dwSep(pass: Pass, name: string, spec: MixedBlock<DwSepSpec>, x: Features): Features {
  const { kernel: kernels, stride, out } = spec;
  const { activation } = pass;
  const filtered = depthwiseLayer(pass, `${name}.dw`, x, { kernels, stride, activation });
  return pointwiseLayer(pass, `${name}.project`, filtered, { out, activation });
}
