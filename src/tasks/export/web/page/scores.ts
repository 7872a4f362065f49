/** Numbers that the page shows, from logits and measured times; a module without imports. */

export interface Ranked {
  /** The class's number. */
  readonly at: number;
  readonly probability: number;
}

/** Softmax of logits [K]. */
export function softmax(logits: Float32Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The `n` most probable classes, the first of equals first; all if there are fewer. */
export function mostProbable(logits: Float32Array, n: number): Ranked[] {
  return [...softmax(logits)]
    .map((probability, at) => ({ at, probability }))
    .sort((a, b) => b.probability - a.probability || a.at - b.at)
    .slice(0, n);
}

/** The middle of sorted values, of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [(sorted.length - 1) >> 1, sorted.length >> 1].map((at) => sorted[at] as number);
  return ((low as number) + (high as number)) / 2;
}

/** A time of 3 significant digits, or whole milliseconds from 100 on. */
export function msText(ms: number): string {
  return `${ms >= 100 ? Math.round(ms) : ms.toPrecision(3)} ms`;
}

export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
