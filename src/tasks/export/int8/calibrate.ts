/**
 * Quantizes a graph after training: measures the range of each value on images, and chooses how much of it int8 covers.
 */
import { Failure } from '#core/failure';
import type { Graph } from '#tasks/export/graph/trace-graph';
import { equalisablePairs, equalised } from './equalise.js';
import { GraphValues } from './graph-values.js';
import { Histogram, type RangeRule, rangeRules } from './histogram.js';
import type { Range } from './parameters.js';
import { type QuantizedGraph, quantizedGraph, simulated } from './quantized-graph.js';
import { relativeError } from './relative-error.js';

/** Normalised pixels [n, H, W, C] of a few images. */
export type PixelBatches = readonly Float32Array[];

export interface Calibration {
  readonly quantized: QuantizedGraph;
  /** How ranges were chosen. */
  readonly rule: RangeRule;
  /** By rule, the relative error of the logits (`relative-error.ts`). */
  readonly errors: Readonly<Record<RangeRule, number>>;
  /** True if channels were equalised across layers (`equalise.ts`), which makes the error smaller. */
  readonly isEqualised: boolean;
}

/**
 * Returns the graph in int8, equalised or not and by the rule whose logits differ least from those of float32.
 *
 * @param pixels  of training images
 * @param image   range of normalised pixels
 */
export function calibrated(graph: Graph, pixels: PixelBatches, image: Range): Calibration {
  const pairs = equalisablePairs(graph);
  const { outputs, largest } = measured(graph, pixels, new Set(pairs.map(({ between }) => between)));
  const plain = bestRule(graph, pixels, image, outputs);
  if (pairs.length === 0) return { ...plain, isEqualised: false };
  const alike = bestRule(equalised(graph, pairs, largest), pixels, image, outputs);
  const isEqualised = alike.errors[alike.rule] < plain.errors[plain.rule];
  return { ...(isEqualised ? alike : plain), isEqualised };
}

/** Returns the graph's outputs and the largest absolute value of each channel of the `named` values. */
function measured(graph: Graph, pixels: PixelBatches, named: ReadonlySet<string>) {
  const largest = new Map<string, Float32Array>();
  const shapes = new Map(graph.nodes.map(({ name, shape }) => [name, shape]));
  const visit = (name: string, found: Float32Array) => {
    if (!named.has(name)) return undefined;
    const channels = shapes.get(name)?.at(-1) as number;
    const most = largest.get(name) ?? new Float32Array(channels);
    for (let i = 0; i < found.length; i++) {
      const value = Math.abs(found[i] as number);
      if (value > (most[i % channels] as number)) most[i % channels] = value;
    }
    largest.set(name, most);
    return undefined;
  };
  const values = new GraphValues(graph);
  try {
    return { outputs: joined(pixels.map((batch) => values.output(batch, visit))), largest };
  } finally {
    values.dispose();
  }
}

/** @param expected  the outputs in float32 */
function bestRule(
  graph: Graph,
  pixels: PixelBatches,
  image: Range,
  expected: Float32Array,
): Omit<Calibration, 'isEqualised'> {
  const values = new GraphValues(graph);
  try {
    const ranges = rangesOf(values, pixels);
    ranges.set(graph.input.name, image);
    const histograms = new Map([...ranges].map(([name, range]) => [name, new Histogram(range)]));
    const count = (name: string, found: Float32Array) => void (histograms.get(name) as Histogram).add(found);
    for (const batch of pixels) values.output(batch, count);
    const trials = rangeRules.map((rule) => {
      const chosen = new Map([...histograms].map(([name, histogram]) => [name, histogram.rangeBy(rule)]));
      const quantized = quantizedGraph(graph, chosen.set(graph.input.name, image));
      return { rule, quantized, error: relativeError(simulatedOutputs(quantized, pixels), expected) };
    });
    const { rule, quantized } = trials.reduce((best, trial) => (trial.error < best.error ? trial : best));
    const errors = Object.fromEntries(trials.map(({ rule, error }) => [rule, error])) as Record<RangeRule, number>;
    return { quantized, rule, errors };
  } finally {
    values.dispose();
  }
}

/** Returns the range of each value on images, those of normalised pixels included. */
export function measuredRanges(graph: Graph, pixels: PixelBatches): Map<string, Range> {
  const values = new GraphValues(graph);
  try {
    return rangesOf(values, pixels);
  } finally {
    values.dispose();
  }
}

/** Returns the smallest and the largest of each value, widened so that they hold 0. */
function rangesOf(values: GraphValues, pixels: PixelBatches): Map<string, Range> {
  const ranges = new Map<string, Range>();
  const widen = (name: string, found: Float32Array) => {
    let { min, max } = ranges.get(name) ?? { min: 0, max: 0 };
    for (let i = 0; i < found.length; i++) {
      const value = found[i] as number;
      if (value < min) min = value;
      else if (value > max) max = value;
      else if (Number.isNaN(value)) throw notFinite(name);
    }
    if (max - min === Infinity) throw notFinite(name);
    ranges.set(name, { min, max });
    return undefined;
  };
  for (const batch of pixels) values.output(batch, widen);
  return ranges;
}

function notFinite(name: string): Failure {
  return new Failure('data', `${name}: the network's weights give values that are not finite`);
}

/** Returns the outputs for all images, one after the other, as the integers give them. */
export function simulatedOutputs(quantized: QuantizedGraph, pixels: PixelBatches): Float32Array {
  const { graph, visit } = simulated(quantized);
  const values = new GraphValues(graph);
  try {
    return joined(pixels.map((batch) => values.output(batch, visit)));
  } finally {
    values.dispose();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
