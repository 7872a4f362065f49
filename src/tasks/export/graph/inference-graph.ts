/**
 * Graph that exports write: a traced forward pass with its convolutions in one form, batch first everywhere and, on
 * request, batch norm folded into the convolution before it.
 */

import type { Tensors } from '#data/files/safetensors';
import type { Architecture } from '#networks/space/space';
import { affineOf, withAffine } from './affine.js';
import { type Rewriting, type Rewritten, rewritten } from './rewrite.js';
import { type Graph, type GraphNode, traceGraph } from './trace-graph.js';

/** Zeros before and after the rows, then the columns, of a convolution's input. */
export type Pads = readonly [top: number, bottom: number, left: number, right: number];

export interface GraphOptions {
  /** True to fold batch norm and layer scale into the weights before them. */
  readonly fold: boolean;
}

export function inferenceGraph(network: Architecture, weights: Tensors, options: GraphOptions): Graph {
  return simplified(traceGraph(network, weights), options);
}

/**
 * Simplifies a traced graph: its `Conv2D` and `DepthwiseConv2dNative` get the attributes `stride` and `pads`, and may
 * get a bias as third input.
 */
export function simplified(traced: Graph, { fold }: GraphOptions): Graph {
  const plain = requireBatchFirst(rewritten(traced, inOneForm));
  return rewritten(plain, (node, seen) => withParameters(node, seen, fold));
}

/** Returns true if a node is a linear map by weights, into which a scale and a shift after it can be folded. */
export function isLinear({ op }: GraphNode): boolean {
  return op === 'Conv2D' || op === 'DepthwiseConv2dNative' || op === 'MatMul';
}

function inOneForm(node: GraphNode, seen: Rewriting): Rewritten {
  const [first] = node.inputs as [string];
  switch (node.op) {
    case 'Identity':
      return first;
    case 'AddN':
      return node.inputs.length === 1 ? first : node;
    case 'Reshape':
      return isSame(node.shape, seen.shapeOf(first)) ? first : (pointwise(node, seen) ?? node);
    case 'Conv2D':
    case 'DepthwiseConv2dNative':
      return convolution(node, seen);
    default:
      return node;
  }
}

/**
 * Recognises a product of rows by weights that is reshaped back and returns what it stands for
 * (`tensor/ops/pointwise.ts`): a 1x1 convolution for [B, H, W, C], a product over the last axis for other ranks.
 * Undefined for any other Reshape.
 */
function pointwise(back: GraphNode, seen: Rewriting): Rewritten | undefined {
  const product = seen.node(back.inputs[0] as string);
  if (product?.op !== 'MatMul' || !seen.isReadOnce(product.name)) return undefined;
  const [rows, weights] = product.inputs as [string, string];
  const [x, kernel] = [seen.node(rows)?.inputs[0], seen.constant(weights)];
  if (seen.node(rows)?.op !== 'Reshape' || x === undefined || kernel === undefined) return undefined;
  const shape = seen.shapeOf(x);
  if (!isSame(back.shape, [...shape.slice(0, -1), kernel.shape[1] as number])) return undefined;
  const { name } = product;
  if (shape.length !== 4) {
    return { into: { name, op: 'BatchMatMulV2', inputs: [x, weights], shape: back.shape, attributes: {} } };
  }
  seen.keep(weights, { ...kernel, shape: [1, 1, ...kernel.shape] });
  const attributes = { stride: 1, pads: [0, 0, 0, 0] };
  return { into: { name, op: 'Conv2D', inputs: [x, weights], shape: back.shape, attributes } };
}

/** Makes all padding of a convolution explicit, including that of a Pad before it. */
function convolution(node: GraphNode, seen: Rewriting): GraphNode {
  const [x, kernel] = node.inputs as [string, string];
  const [, stride] = node.attributes['strides'] as number[];
  const padding = node.attributes['padding'] as string;
  const before = padding === 'VALID' ? seen.node(x) : undefined;
  const around = before?.op === 'Pad' ? padsOf(seen.constant(before.inputs[1] as string)?.values) : undefined;
  const input = around === undefined ? x : ((before as GraphNode).inputs[0] as string);
  const pads = around ?? padsBy(padding, node, seen.shapeOf(x), seen.shapeOf(kernel), stride as number);
  return { ...node, inputs: [input, kernel], attributes: { stride: stride as number, pads: [...pads] } };
}

/** Returns the padding of a Pad that pads rows and columns alone; undefined for any other. */
function padsOf(paddings: ArrayLike<number> | undefined): Pads | undefined {
  if (paddings?.length !== 8) return undefined;
  const [batch0, batch1, top, bottom, left, right, c0, c1] = Array.from(paddings) as [number, ...number[]];
  const isSpatial = [batch0, batch1, c0, c1].every((n) => n === 0);
  return isSpatial ? ([top, bottom, left, right] as unknown as Pads) : undefined;
}

/** Returns the padding of a traced convolution; `EXPLICIT` lists it for [batch, rows, columns, channels]. */
function padsBy(
  padding: string,
  node: GraphNode,
  map: readonly number[],
  kernel: readonly number[],
  stride: number,
): Pads {
  if (padding === 'VALID') return [0, 0, 0, 0];
  if (padding !== 'EXPLICIT') return samePads(node, map, kernel, stride);
  return (node.attributes['explicit_paddings'] as number[]).slice(2, 6) as unknown as Pads;
}

/**
 * Returns the padding of TensorFlow's `SAME`, which puts an odd zero at the end.
 *
 * @param map     input [B, H, W, C] of the convolution
 * @param kernel  [height, width, ...]
 */
function samePads(
  { shape: out }: GraphNode,
  map: readonly number[],
  [height, width]: readonly number[],
  stride: number,
): Pads {
  const along = (axis: 1 | 2, kernel: number) => {
    const all = Math.max(0, ((out[axis] as number) - 1) * stride + kernel - (map[axis] as number));
    return [Math.floor(all / 2), Math.ceil(all / 2)] as const;
  };
  return [...along(1, height as number), ...along(2, width as number)];
}

/** Returns true if a convolution of a simplified graph pads as TensorFlow's `SAME` does. */
export function isPaddedSame(node: GraphNode, map: readonly number[], kernel: readonly number[]): boolean {
  const { stride, pads } = node.attributes as { stride: number; pads: Pads };
  const hasItsSize = [1, 2].every((axis) => node.shape[axis] === Math.ceil((map[axis] as number) / stride));
  return hasItsSize && `${pads}` === `${samePads(node, map, kernel, stride)}`;
}

/** Folds a bias into the linear map before it and, if `fold` is set, batch norm and a scale per channel too. */
export function withParameters(node: GraphNode, seen: Rewriting, fold: boolean): Rewritten {
  const linear = seen.node(node.inputs[0] as string);
  if (linear === undefined || !isLinear(linear) || !seen.isReadOnce(linear.name)) return node;
  if (node.op !== 'BiasAdd' && !fold) return node;
  const affine = affineOf(node, seen);
  return affine === undefined ? node : { into: withAffine(linear, affine, seen) };
}

/** Refuses a graph with a value whose first axis is not the batch. */
function requireBatchFirst(graph: Graph): Graph {
  const odd = graph.nodes.find(({ shape }) => shape[0] !== graph.batch);
  if (odd === undefined) return graph;
  throw new Error(`${odd.name}: its shape for ${graph.batch} images, [${odd.shape}], does not have them first`);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}
