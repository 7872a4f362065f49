/** A graph in int8: parameters for each value, integers for each constant. */
import type { Graph, GraphConstant, GraphNode } from '#tasks/export/graph/trace-graph';
import type { Visit } from './graph-values.js';
import { movesValues } from './node-value.js';
import {
  evenRange,
  highest,
  lowest,
  type Parameters,
  parametersFor,
  quantizedBias,
  quantizedWeights,
  type Range,
  requantized,
} from './parameters.js';

export interface QuantizedConstant {
  readonly values: Int8Array | Int32Array;
  /** One for each output channel, or one for all. */
  readonly scales: Float32Array;
}

export interface QuantizedGraph {
  /** The graph in float32 that it stands for, of `litert-form.ts`. */
  readonly graph: Graph;
  /** By value, that of the image included. */
  readonly parameters: ReadonlyMap<string, Parameters>;
  /** Kernels, biases and constant operands; the numbers that say axes and orders stay what they are. */
  readonly constants: ReadonlyMap<string, QuantizedConstant>;
}

/** The integers of a graph: parameters of its values, and its constants. */
export type Integers = Pick<QuantizedGraph, 'parameters' | 'constants'>;

/** The parameters that LiteRT requires of a softmax, whose results lie between 0 and 1. */
const shares: Parameters = { scale: 1 / 256, zeroPoint: lowest };

/**
 * Quantizes a graph of `quantizable-form.ts`.
 *
 * @param ranges  of each value
 */
export function quantizedGraph(graph: Graph, ranges: ReadonlyMap<string, Range>): QuantizedGraph {
  const parameters = new Map<string, Parameters>();
  const constants = new Map<string, QuantizedConstant>();
  const even = secondFactors(graph);
  const choose = (name: string) => {
    const range = ranges.get(name) as Range;
    parameters.set(name, parametersFor(even.has(name) ? evenRange(range) : range));
  };
  choose(graph.input.name);
  for (const node of graph.nodes) {
    const [first] = node.inputs as [string];
    if (movesValues(node)) parameters.set(node.name, parameters.get(first) as Parameters);
    else if (node.op === 'Softmax') parameters.set(node.name, shares);
    else choose(node.name);
    for (const [name, constant] of constantsOf(node, graph, parameters.get(first))) constants.set(name, constant);
  }
  return { graph, parameters, constants };
}

/** Returns the values that are the second factor of a product of two values: XNNPACK wants the zero point 0 there. */
function secondFactors({ nodes }: Graph): Set<string> {
  const found = new Set<string>();
  for (const node of [...nodes].reverse()) {
    const { name, op, inputs } = node;
    if (op === 'BatchMatMulV2') found.add(inputs[1] as string);
    else if (movesValues(node) && found.has(name)) found.add(inputs[0] as string);
  }
  return found;
}

function constantsOf(node: GraphNode, { constants }: Graph, input: Parameters | undefined) {
  const [, kernel, bias] = node.inputs.map((name) => constants.get(name));
  if (bias === undefined) return operandsOf(node, constants);
  const [{ values: weights }, { values: shift }] = [kernel, bias] as [GraphConstant, GraphConstant];
  const { scale } = input as Parameters;
  const { values, scales } = quantizedWeights(weights as Float32Array, shift as Float32Array, scale);
  const sums = quantizedBias(shift as Float32Array, scales, scale);
  const [, kernelName, biasName] = node.inputs as [string, string, string];
  return [
    [kernelName, { values, scales }],
    [biasName, { values: sums, scales: scales.map((each) => scale * each) }],
  ] as const;
}

/** Returns constant operands of sums and products, with one scale for all entries. */
function operandsOf({ inputs }: GraphNode, constants: Graph['constants']): [string, QuantizedConstant][] {
  return inputs.flatMap((name): [string, QuantizedConstant][] => {
    const values = constants.get(name)?.values;
    if (!(values instanceof Float32Array)) return [];
    const scale = Math.fround(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / highest) || 1;
    return [[name, { values: Int8Array.from(values, (v) => Math.round(v / scale)), scales: Float32Array.of(scale) }]];
  });
}

/**
 * Returns a graph in float32 with the constants that the integers stand for, and what rounds each of its values to int8:
 * together they compute what the integers do, except for the order of sums and exact ties.
 */
export function simulated({ graph, parameters, constants }: QuantizedGraph): { graph: Graph; visit: Visit } {
  const real = [...graph.constants].map(([name, constant]) => {
    const integers = constants.get(name);
    return [name, integers === undefined ? constant : { ...constant, values: realValues(integers) }] as const;
  });
  const visit: Visit = (name, values) => {
    const known = parameters.get(name);
    return known && requantized(values, known);
  };
  return { graph: { ...graph, constants: new Map(real) }, visit };
}

function realValues({ values, scales }: QuantizedConstant): Float32Array {
  return Float32Array.from(values, (q, i) => q * (scales[i % scales.length] as number));
}
