/** The signature of a layer, which identifies its computation in any network: the key of measured latencies. */
import { assertNever } from '#core/assert-never';
import { type Layer, size } from './layer.js';

/**
 * Kind, kernel, stride, input and output shape, number of other values read, and `bare` if it has no bias:
 * `depthwise 5x5/2 56x56x96>28x28x96`, `pointwise 14x14x576>14x14x96 +18816`. Layers with the same signature have the
 * same MACs, weights and activations.
 */
export function layerSignature(layer: Layer): string {
  const { kind, input, output } = layer;
  const others = layer.activations - size(input) - size(output);
  return [
    kind,
    ...window(layer),
    `${input.join('x')}>${output.join('x')}`,
    ...(others > 0 ? [`+${others}`] : []),
    ...(isBare(layer) ? ['bare'] : []),
  ].join(' ');
}

/** A spatial kernel with its stride, or the depth of a product. */
function window(layer: Layer): string[] {
  const { kind, input, output, macs } = layer;
  switch (kind) {
    case 'conv':
    case 'depthwise': {
      const kernel = Math.sqrt(macs / size(output) / (kind === 'conv' ? input[2] : 1));
      // A side of 1 stays 1 at any stride, so the other side shows the stride; a 1x1 map counts as stride 1.
      const stride = Math.max(...[0, 1].map((axis) => (input[axis] as number) / (output[axis] as number)));
      return [`${kernel}x${kernel}/${Math.round(stride)}`];
    }
    case 'matmul':
      return [`x${macs / size(output)}`];
    case 'pointwise':
    case 'pool':
    case 'fc':
    case 'softmax':
    case 'multiply':
      return [];
    default:
      return assertNever(kind);
  }
}

/** True if the weights are the kernel alone, without a bias of the layer or of a folded batch norm. */
function isBare({ output, macs, weights }: Layer): boolean {
  return weights > 0 && weights === macs / (output[0] * output[1]);
}
