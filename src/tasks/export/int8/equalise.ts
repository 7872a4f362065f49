/**
 * Cross-layer equalisation (Nagel et al. 2019, arXiv:1906.04721): divides the channels between two linear maps by
 * factors and multiplies the weights that read them, which changes nothing in real numbers, since ReLU keeps positive
 * factors. Channels then need ranges alike, so that one scale for all of them serves each.
 */
import { isLinear } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphConstant, GraphNode } from '#tasks/export/graph/trace-graph';

/** Two linear maps of which the second alone reads the channels of the first. */
export interface Pair {
  readonly first: GraphNode;
  readonly second: GraphNode;
  /** The value that the second reads: the first's, or its mean over the map. */
  readonly between: string;
}

/** Returns the pairs of a graph of `quantizable-form.ts` whose channels can be divided by factors. */
export function equalisablePairs({ nodes, output }: Graph): Pair[] {
  const readers = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const name of new Set(node.inputs)) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  const onlyReader = (name: string) => (name === output || readers.get(name)?.length !== 1 ? [] : readers.get(name));
  return nodes.filter(keepsFactors).flatMap((first) => {
    const [reader] = onlyReader(first.name) ?? [];
    const between = reader?.op === 'Mean' ? reader.name : first.name;
    const [second] = onlyReader(between) ?? [];
    return second !== undefined && isLinear(second) ? [{ first, second, between }] : [];
  });
}

/** Returns true for a linear map whose results are divided by a factor if its weights and bias are. */
function keepsFactors(node: GraphNode): boolean {
  const activation = node.attributes['activation'];
  return isLinear(node) && (activation === undefined || activation === 'Relu');
}

/**
 * Returns the graph with the channels of each pair divided by factors. Before a depthwise layer, whose weights have a
 * scale for each channel, all channels get the same range; before another, the geometric mean of their range and the
 * share that their weights have of the largest.
 *
 * @param largest  for the value between each pair, the largest absolute value of each channel
 */
export function equalised(graph: Graph, pairs: readonly Pair[], largest: ReadonlyMap<string, Float32Array>): Graph {
  const constants = new Map(graph.constants);
  const scale = (name: string, factor: (i: number) => number) => {
    const { shape, values } = constants.get(name) as GraphConstant;
    constants.set(name, { shape, values: Float32Array.from(values, (value, i) => value * factor(i)) });
  };
  for (const { first, second, between } of pairs) {
    const ranges = largest.get(between) as Float32Array;
    const [, kernel, bias] = first.inputs as [string, string, string];
    const [, reader] = second.inputs as [string, string];
    const channelOf = inputChannel(second, constants.get(reader) as GraphConstant, ranges.length);
    const factors = factorsFor(ranges, weightsOf(second, constants.get(reader) as GraphConstant, channelOf));
    for (const name of [kernel, bias]) scale(name, (i) => 1 / (factors[i % factors.length] as number));
    scale(reader, (i) => factors[channelOf(i)] as number);
  }
  return { ...graph, constants };
}

/** Returns the input channel of entry i of a linear map's kernel. */
function inputChannel({ op }: GraphNode, { shape }: GraphConstant, channels: number): (i: number) => number {
  if (op === 'DepthwiseConv2dNative') return (i) => i % channels;
  const outputs = shape.at(-1) as number;
  return (i) => Math.floor(i / outputs) % channels;
}

/**
 * Returns for each input channel the largest share that a weight has of the largest of its output channel; undefined
 * for a depthwise layer, which has a scale for each channel.
 */
function weightsOf(
  { op }: GraphNode,
  { shape, values }: GraphConstant,
  channelOf: (i: number) => number,
): ((channel: number) => number) | undefined {
  if (op === 'DepthwiseConv2dNative') return undefined;
  const outputs = shape.at(-1) as number;
  const most = new Float64Array(outputs);
  for (const [i, value] of values.entries()) most[i % outputs] = Math.max(most[i % outputs] as number, Math.abs(value));
  const shares = new Map<number, number>();
  for (const [i, value] of values.entries()) {
    const share = Math.abs(value) / ((most[i % outputs] as number) || 1);
    shares.set(channelOf(i), Math.max(shares.get(channelOf(i)) ?? 0, share));
  }
  return (channel) => shares.get(channel) ?? 0;
}

const leastShare = 0.01; // of the largest range or weight: below it a channel's few images say little

function factorsFor(ranges: Float32Array, weights: ((channel: number) => number) | undefined): Float64Array {
  const most = ranges.reduce((a, b) => Math.max(a, b), 0) || 1;
  return Float64Array.from(ranges, (range, channel) => {
    const share = Math.max(range / most, leastShare);
    return weights === undefined ? share : Math.sqrt(share / Math.max(weights(channel), leastShare));
  });
}
