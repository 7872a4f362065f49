import { biasedLayer, channelsOf, depthwiseLayer, pointwiseLayer } from '#networks/nn/layers';
import type { MixedBlock } from '#networks/nn/mixed-block';
import type { Pass } from '#networks/nn/pass';
import { expandedChannels, type InvertedResidualSpec, squeezedChannels } from '#networks/space/block';
import { activated, hardSigmoid } from '#networks/tensor/ops/activation';
import { globalAveragePool, perImageChannel } from '#networks/tensor/ops/arithmetic';
import { materialized } from '#networks/tensor/ops/combine';
import type { Features, Value } from '#networks/tensor/tape';

/** Inverted residual without adding its input: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out]. */
export function invertedResidual(
  pass: Pass,
  name: string,
  spec: MixedBlock<InvertedResidualSpec>,
  x: Features,
): Features {
  const { kernel: kernels, stride, expand, out, activation = pass.activation } = spec;
  const wide = expandedChannels(channelsOf(x), expand);
  const expanded = expand === 1 ? x : pointwiseLayer(pass, `${name}.expand`, x, { out: wide, activation });
  const filtered = depthwiseLayer(pass, `${name}.dw`, expanded, { kernels, stride, activation });
  const weighed = spec.squeeze ? squeezed(pass, `${name}.squeeze`, materialized(pass.tape, filtered)) : filtered;
  return pointwiseLayer(pass, `${name}.project`, weighed, { out, activation: 'none' });
}

/** Squeeze-and-excitation (arXiv:1709.01507) as in MobileNetV3: channels times gates computed from the map's means. */
function squeezed(pass: Pass, name: string, x: Value): Value {
  const { tape } = pass;
  const channels = channelsOf(x);
  const means = globalAveragePool(tape, x);
  const reduced = biasedLayer(pass, `${name}.reduce`, means, squeezedChannels(channels), 'he');
  const excited = biasedLayer(pass, `${name}.excite`, activated(tape, reduced, 'relu'), channels, 'he');
  return perImageChannel(tape, x, hardSigmoid(tape, excited));
}
