/**
 * Cross-layer equalisation (Nagel et al. 2019, arXiv:1906.04721): divides the channels between two linear maps by
 * factors and multiplies the weights that read them, which changes nothing in real numbers, since ReLU keeps positive
 * factors. Channels then need ranges alike, so that one scale for all of them serves each.
 */
import { isLinear } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphConstant, GraphNode } from '#tasks/export/graph/trace-graph';

/**
 * Values whose channels can be divided by the same factors: linear maps write them, and linear maps alone read them. A
 * chain has one writer and one reader; the values of residual blocks, which are added, have several.
 */
export interface Group {
  readonly writers: readonly GraphNode[];
  readonly readers: readonly GraphNode[];
  /** Names of what the writers give, and of its sums and means. */
  readonly values: readonly string[];
}

/** Returns the groups of a graph of `quantizable-form.ts`, each value in one at most. */
export function equalisableGroups(graph: Graph): Group[] {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const readers = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const name of new Set(node.inputs)) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  const seen = new Set<string>();
  return graph.nodes.flatMap((start) => {
    if (!isLinear(start) || seen.has(start.name)) return [];
    const values = connected(start.name, nodes, readers);
    for (const value of values) seen.add(value);
    const writers = values.map((value) => nodes.get(value));
    const isPossible = writers.every((node) => node !== undefined && node.name !== graph.output && keepsFactors(node));
    if (!isPossible) return [];
    const reading = new Set(values.flatMap((value) => readers.get(value) ?? []).filter(isLinear));
    return [{ writers: (writers as GraphNode[]).filter(isLinear), readers: [...reading], values }];
  });
}

/** Returns a value and all that linear maps do not part from it: operands and results of other ops, and theirs in turn. */
function connected(
  start: string,
  nodes: ReadonlyMap<string, GraphNode>,
  readers: ReadonlyMap<string, readonly GraphNode[]>,
): string[] {
  const values = new Set([start]);
  for (const value of values) {
    const node = nodes.get(value);
    if (node !== undefined) for (const operand of node.inputs.slice(0, operands(node))) values.add(operand);
    for (const reader of readers.get(value) ?? []) if (!isLinear(reader)) values.add(reader.name);
  }
  return [...values];
}

/** Returns true for a node whose results are divided by factors if its operands are, or its weights and bias. */
function keepsFactors(node: GraphNode): boolean {
  const activation = node.attributes['activation'];
  return (isLinear(node) || operands(node) > 0) && (activation === undefined || activation === 'Relu');
}

/** Returns the number of operands of a sum or a mean over the map; 0 for other nodes. */
function operands({ op, inputs }: GraphNode): number {
  if (op === 'Mean') return 1;
  return op === 'AddV2' || op === 'AddN' ? inputs.length : 0;
}

/**
 * Returns the graph with the channels of each group divided by factors. Where depthwise layers alone read them, whose
 * weights have a scale for each channel, all channels get the same range. Elsewhere a factor is the range to the power of
 * `strength`, divided by the share that the channel's weights have of the largest to the power of 1 - `strength`: 0.5 gives
 * range and share the geometric mean of both, 1 all channels the same range, as in SmoothQuant (Xiao et al. 2023,
 * arXiv:2211.10438).
 *
 * @param largest  for the values of the groups, the largest absolute value of each channel
 */
export function equalised(
  graph: Graph,
  groups: readonly Group[],
  largest: ReadonlyMap<string, Float32Array>,
  strength: number,
): Graph {
  const constants = new Map(graph.constants);
  const scale = (name: string, factor: (i: number) => number) => {
    const { shape, values } = constants.get(name) as GraphConstant;
    constants.set(name, { shape, values: Float32Array.from(values, (value, i) => value * factor(i)) });
  };
  for (const { writers, readers, values } of groups) {
    const ranges = highest(values.map((name) => sharesOf(largest.get(name) as Float32Array)));
    const read = readers.map((node) => {
      const kernel = node.inputs[1] as string;
      const channelOf = inputChannel(node, constants.get(kernel) as GraphConstant, ranges.length);
      return {
        kernel,
        channelOf,
        weights: weightsOf(node, constants.get(kernel) as GraphConstant, channelOf, ranges.length),
      };
    });
    const factors = factorsFor(ranges, highest(read.flatMap(({ weights }) => weights ?? [])), strength);
    for (const { inputs } of writers) {
      for (const name of inputs.slice(1)) scale(name, (i) => 1 / (factors[i % factors.length] as number));
    }
    for (const { kernel, channelOf } of read) scale(kernel, (i) => factors[channelOf(i)] as number);
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
  channels: number,
): Float64Array | undefined {
  if (op === 'DepthwiseConv2dNative') return undefined;
  const outputs = shape.at(-1) as number;
  const most = new Float64Array(outputs);
  for (const [i, value] of values.entries()) most[i % outputs] = Math.max(most[i % outputs] as number, Math.abs(value));
  const shares = new Float64Array(channels);
  for (const [i, value] of values.entries()) {
    const share = Math.abs(value) / ((most[i % outputs] as number) || 1);
    shares[channelOf(i)] = Math.max(shares[channelOf(i)] as number, share);
  }
  return shares;
}

/** Returns numbers as shares of the largest. */
function sharesOf(numbers: Float32Array): Float64Array {
  const most = numbers.reduce((a, b) => Math.max(a, b), 0) || 1;
  return Float64Array.from(numbers, (number) => number / most);
}

/** Returns the largest number of each channel; none for no lists. */
function highest([first, ...others]: readonly Float64Array[]): Float64Array {
  return Float64Array.from(first ?? [], (number, i) => Math.max(number, ...others.map((list) => list[i] as number)));
}

const leastShare = 0.01; // of the largest range or weight: below it a channel's few images say little

/** @param weights  none if no weights share a scale */
function factorsFor(ranges: Float64Array, weights: Float64Array, strength: number): Float64Array {
  return ranges.map((range, channel) => {
    const share = Math.max(range, leastShare);
    if (weights.length === 0) return share;
    return share ** strength / Math.max(weights[channel] as number, leastShare) ** (1 - strength);
  });
}
