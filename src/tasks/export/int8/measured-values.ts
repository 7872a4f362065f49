/** Measures the values of a graph on images. */
import { Failure } from '#core/failure';
import type { Graph } from '#tasks/export/graph/trace-graph';
import { GraphValues, type Visit } from './graph-values.js';
import type { Range } from './parameters.js';

/** Normalised pixels [n, H, W, C] of a few images. */
export type PixelBatches = readonly Float32Array[];

export interface MeasuredValues {
  /** The graph's outputs for all images, one after the other. */
  readonly outputs: Float32Array;
  /** The smallest and the largest of each value, widened so that they hold 0; the image is a value too. */
  readonly ranges: Map<string, Range>;
  /** The largest absolute value of each channel, of the values that were named. */
  readonly largest: ReadonlyMap<string, Float32Array>;
}

/**
 * Measures the values in one pass; a value that is not finite is a data failure.
 *
 * @param named  values whose channels are measured too
 */
export function measuredValues(
  graph: Graph,
  pixels: PixelBatches,
  named: ReadonlySet<string> = new Set(),
): MeasuredValues {
  const shapes = new Map(graph.nodes.map(({ name, shape }) => [name, shape]));
  const ranges = new Map<string, Range>();
  const largest = new Map<string, Float32Array>();
  const outputs = outputsOf(graph, pixels, (name, found) => {
    ranges.set(name, widened(ranges.get(name), name, found));
    if (!named.has(name)) return undefined;
    const most = largest.get(name) ?? new Float32Array(shapes.get(name)?.at(-1) as number);
    largest.set(name, raised(most, found));
    return undefined;
  });
  return { outputs, ranges, largest };
}

/** Returns the outputs for all images, one after the other; `visit` sees each value and may change it. */
export function outputsOf(graph: Graph, pixels: PixelBatches, visit: Visit): Float32Array {
  const values = new GraphValues(graph);
  try {
    return joined(pixels.map((batch) => values.output(batch, visit)));
  } finally {
    values.dispose();
  }
}

function widened({ min, max }: Range = { min: 0, max: 0 }, name: string, found: Float32Array): Range {
  for (let i = 0; i < found.length; i++) {
    const value = found[i] as number;
    if (value < min) min = value;
    else if (value > max) max = value;
    else if (Number.isNaN(value)) throw notFinite(name);
  }
  if (max - min === Infinity) throw notFinite(name);
  return { min, max };
}

function notFinite(name: string): Failure {
  return new Failure('data', `${name}: the network's weights give values that are not finite`);
}

/** Raises the largest absolute value of each channel to those found. */
function raised(most: Float32Array, found: Float32Array): Float32Array {
  for (let i = 0; i < found.length; i++) {
    const value = Math.abs(found[i] as number);
    if (value > (most[i % most.length] as number)) most[i % most.length] = value;
  }
  return most;
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
