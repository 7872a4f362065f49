import { channelsOf, depthwiseLayer, layerScale, pointwiseLayer } from '#networks/nn/layers';
import type { MixedBlock } from '#networks/nn/mixed-block';
import type { Pass } from '#networks/nn/pass';
import { expandedChannels, type UibSpec } from '#networks/space/block';
import type { Features } from '#networks/tensor/tape';

/**
 * Universal inverted bottleneck without its residual: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out].
 * The middle layer has the stride or, where that is absent, the start layer.
 */
export function uib(pass: Pass, name: string, spec: MixedBlock<UibSpec>, x: Features): Features {
  const { startKernel, midKernel, stride, out } = spec;
  const { activation } = pass;
  const wide = expandedChannels(channelsOf(x), spec.expand);
  const startStride = midKernel === 0 ? stride : 1;
  const started = depthwiseLayer(pass, `${name}.start`, x, {
    kernels: startKernel,
    stride: startStride,
    activation: 'none',
  });
  const expanded = pointwiseLayer(pass, `${name}.expand`, started, { out: wide, activation });
  const filtered = depthwiseLayer(pass, `${name}.mid`, expanded, { kernels: midKernel, stride, activation });
  const scale = layerScale(pass, name, out);
  return pointwiseLayer(pass, `${name}.project`, filtered, { out, activation: 'none', scale });
}
