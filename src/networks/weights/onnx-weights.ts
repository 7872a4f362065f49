/** Conversion of an ONNX model that `export` wrote back to our weights. */

import type { NamedTensor, Tensors } from '#data/files/safetensors';
import { weightShapes } from '#networks/nn/weight-shapes';
import type { Architecture } from '#networks/space/space';
import { sizeOf } from '#networks/tensor/backend';

/**
 * The initializers under our names, their axes in our order, with neutral values for tensors that the export folded
 * into others. A layer into which batch norm was folded has a bias; it gets a batch norm that only adds this bias.
 * Layer scale is always folded into the weights before it, and comes back as 1.
 */
export function fromOnnx(initializers: Tensors, network: Architecture): Map<string, NamedTensor> {
  const shapes = weightShapes(network);
  const tensors = new Map<string, NamedTensor>();
  for (const [name, shape] of shapes) {
    const stored = initializers.get(name);
    const found = stored === undefined ? implied(name, shape, initializers, network) : inOurOrder(stored, shape);
    if (found !== undefined) tensors.set(name, found);
  }
  return tensors;
}

function implied(
  name: string,
  shape: readonly number[],
  initializers: Tensors,
  { batchNormEpsilon }: Architecture,
): NamedTensor | undefined {
  const all = (value: number) => ({ shape, values: new Float32Array(sizeOf(shape)).fill(value) });
  const [, layer, part] = /^(?:(.*)\.bn|.*)\.(\w+)$/.exec(name) ?? [];
  if (part === 'layerScale') return all(1);
  const bias = layer === undefined ? undefined : initializers.get(`${layer}.bias`);
  if (bias === undefined) return undefined;
  if (part === 'beta') return bias;
  return all({ gamma: 1, mean: 0, variance: 1 - batchNormEpsilon }[part as string] ?? 0);
}

/** A tensor with its axes in our order; ONNX's kernels are [Cout, Cin, k, k], depthwise ones [C, 1, k, k]. */
function inOurOrder(tensor: NamedTensor, shape: readonly number[]): NamedTensor {
  if (tensor.shape.length !== 4) return tensor;
  const [out, perGroup, height, width] = tensor.shape as [number, number, number, number];
  const isDepthwise = shape.length === 4 && shape[3] === 1 && shape[2] === out && perGroup === 1;
  const axes = isDepthwise ? [height, width, out, 1] : [height, width, perGroup, out];
  const values = new Float32Array(tensor.values.length);
  const area = height * width;
  const found = shape.length === 2 && area === 1 ? axes.slice(2) : axes;
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < perGroup; i++) {
      for (let p = 0; p < area; p++) {
        const to = isDepthwise ? p * out + o : (p * perGroup + i) * out + o;
        values[to] = tensor.values[(o * perGroup + i) * area + p] as number;
      }
    }
  }
  return { shape: found, values };
}
