/**
 * Quantizes a graph after training: measures the range of each value on images, and chooses how much of it int8 covers.
 */
import type { Graph } from '#tasks/export/graph/trace-graph';
import { equalisableGroups, equalised } from './equalise.js';
import { Histogram, type RangeRule, rangeRules } from './histogram.js';
import { measuredValues, outputsOf, type PixelBatches } from './measured-values.js';
import type { Range } from './parameters.js';
import { type QuantizedGraph, quantizedGraph, simulated } from './quantized-graph.js';
import { relativeError } from './relative-error.js';

export interface Calibration {
  readonly quantized: QuantizedGraph;
  /** How ranges were chosen. */
  readonly rule: RangeRule;
  /** By rule, the relative error of the logits (`relative-error.ts`). */
  readonly errors: Readonly<Record<RangeRule, number>>;
  /** True if channels were equalised across layers (`equalise.ts`), which makes the error smaller. */
  readonly isEqualised: boolean;
}

const strengths = [0.5, 1]; // of equalisation

/**
 * Returns the graph in int8, equalised or not and by the rule whose logits differ least from those of float32.
 *
 * @param pixels  of training images
 * @param image   range of normalised pixels
 */
export function calibrated(graph: Graph, pixels: PixelBatches, image: Range): Calibration {
  const groups = equalisableGroups(graph);
  const { outputs, ranges, largest } = measuredValues(graph, pixels, new Set(groups.flatMap(({ values }) => values)));
  const plain = { ...bestRule(graph, pixels, ranges.set(graph.input.name, image), outputs), isEqualised: false };
  return (groups.length === 0 ? [] : strengths).reduce((best: Calibration, strength) => {
    const even = equalised(graph, groups, largest, strength);
    const trial = bestRule(even, pixels, measuredValues(even, pixels).ranges.set(graph.input.name, image), outputs);
    return trial.errors[trial.rule] < best.errors[best.rule] ? { ...trial, isEqualised: true } : best;
  }, plain);
}

/**
 * @param ranges    of each value; the image keeps its own
 * @param expected  the outputs in float32
 */
function bestRule(
  graph: Graph,
  pixels: PixelBatches,
  ranges: ReadonlyMap<string, Range>,
  expected: Float32Array,
): Omit<Calibration, 'isEqualised'> {
  const histograms = new Map([...ranges].map(([name, range]) => [name, new Histogram(range)]));
  outputsOf(graph, pixels, (name, found) => void (histograms.get(name) as Histogram).add(found));
  const image = ranges.get(graph.input.name) as Range;
  const trials = rangeRules.map((rule) => {
    const chosen = new Map([...histograms].map(([name, histogram]) => [name, histogram.rangeBy(rule)]));
    const quantized = quantizedGraph(graph, chosen.set(graph.input.name, image));
    return { rule, quantized, error: relativeError(simulatedOutputs(quantized, pixels), expected) };
  });
  const { rule, quantized } = trials.reduce((best, trial) => (trial.error < best.error ? trial : best));
  const errors = Object.fromEntries(trials.map(({ rule, error }) => [rule, error])) as Record<RangeRule, number>;
  return { quantized, rule, errors };
}

/** Returns the outputs for all images, one after the other, as the integers give them. */
export function simulatedOutputs(quantized: QuantizedGraph, pixels: PixelBatches): Float32Array {
  const { graph, visit } = simulated(quantized);
  return outputsOf(graph, pixels, visit);
}
