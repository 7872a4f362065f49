/**
 * Rewrites a graph so that each scale and shift per channel is part of a linear map, whose weights have a scale for each
 * output channel: as an operand of `MUL` or `ADD` they would share one scale.
 */
import { affineOf, withAffine } from '#tasks/export/graph/affine';
import { isLinear, withParameters } from '#tasks/export/graph/inference-graph';
import { type Rewriting, type Rewritten, rewritten } from '#tasks/export/graph/rewrite';
import type { Graph, GraphNode } from '#tasks/export/graph/trace-graph';

/** Returns an inference graph whose linear maps all have a bias, with batch norm folded or as a 1x1 depthwise layer. */
export function quantizableForm(graph: Graph): Graph {
  const folded = (node: GraphNode, seen: Rewriting) => withParameters(node, seen, true);
  return [asMatMul, folded, asDepthwise, withBias].reduce(rewritten, graph);
}

/** Makes products of rank 3 by weights linear maps, as LiteRT's fully connected layer computes them for any rank. */
function asMatMul(node: GraphNode, seen: Rewriting): Rewritten {
  const hasWeights = node.op === 'BatchMatMulV2' && seen.constant(node.inputs[1] as string) !== undefined;
  return hasWeights ? { ...node, op: 'MatMul', attributes: {} } : node;
}

/** Makes a scale and shift of the channels of maps a depthwise layer of 1x1. */
function asDepthwise(node: GraphNode, seen: Rewriting): Rewritten {
  const [x] = node.inputs as [string];
  const affine = node.shape.length === 4 && node.op !== 'BiasAdd' ? affineOf(node, seen) : undefined;
  if (affine === undefined) return node;
  const channels = affine.scale.length;
  const kernel = `${node.name}/identity.kernel`;
  seen.keep(kernel, { shape: [1, 1, channels, 1], values: new Float32Array(channels).fill(1) });
  const attributes = { stride: 1, pads: [0, 0, 0, 0] };
  return withAffine({ ...node, op: 'DepthwiseConv2dNative', inputs: [x, kernel], attributes }, affine, seen);
}

const addedSuffix = '/zeros.bias';

/** Returns true for the name of a bias that the network does not have. */
export function isAddedBias(name: string): boolean {
  return name.endsWith(addedSuffix);
}

function withBias(node: GraphNode, seen: Rewriting): Rewritten {
  if (!isLinear(node) || node.inputs.length > 2) return node;
  const channels = node.shape.at(-1) as number;
  const bias = `${node.name}${addedSuffix}`;
  seen.keep(bias, { shape: [channels], values: new Float32Array(channels) });
  return { ...node, inputs: [...node.inputs, bias] };
}
