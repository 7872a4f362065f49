/** Scores logits against labels and targets, and computes basic statistics. */

/** The number of rows of logits [n, K] whose largest entry is at the label. */
export function countCorrect(logits: Float32Array, labels: ArrayLike<number>, classes: number): number {
  return countTop(logits, labels, classes, 1);
}

/** The number of rows with the label among their `k` largest entries; ties and NaN count against the label. */
export function countTop(logits: Float32Array, labels: ArrayLike<number>, classes: number, k: number): number {
  let correct = 0;
  for (let row = 0; row < labels.length; row++) {
    const start = row * classes;
    const label = labels[row] as number;
    const own = logits[start + label] as number;
    let ahead = 0;
    for (let c = 0; c < classes; c++) if (c !== label && !((logits[start + c] as number) < own)) ahead++;
    if (ahead < k && !Number.isNaN(own)) correct++;
  }
  return correct;
}

/**
 * The predicted class of row `row` of logits [n, K]: the label if it counts as correct, else the first of the other
 * classes with the largest entry. So ties and NaN count against the label, as in `countTop`.
 */
export function predictedClass(logits: Float32Array, row: number, label: number, classes: number): number {
  const at = (c: number) => logits[row * classes + c] as number;
  let rival = label;
  for (let c = 0; c < classes; c++) {
    if (c === label) continue;
    if (rival === label || at(c) > at(rival) || (Number.isNaN(at(c)) && !Number.isNaN(at(rival)))) rival = c;
  }
  return at(rival) < at(label) ? label : rival;
}

/** The cross-entropy in nats of softmax(logits) against class probabilities, both [n, K], summed over the rows. */
export function sumCrossEntropy(logits: Float32Array, targets: Float32Array, classes: number): number {
  let sum = 0;
  for (let start = 0; start < logits.length; start += classes) {
    let highest = -Infinity;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[start + c] as number);
    let total = 0;
    for (let c = 0; c < classes; c++) total += Math.exp((logits[start + c] as number) - highest);
    const logTotal = highest + Math.log(total);
    for (let c = 0; c < classes; c++)
      sum -= (targets[start + c] as number) * ((logits[start + c] as number) - logTotal);
  }
  return sum;
}

/** The 95 % score interval of a share `correct / n` (Wilson 1927). */
export function wilsonInterval(correct: number, n: number): [number, number] {
  const z = 1.959964;
  const share = correct / n;
  const centre = share + z ** 2 / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of a sample (n - 1); null for fewer than two values. */
export function deviationOf(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** The mean of the middle half of the sorted values: as fine as a mean, and free of outliers. */
export function midmeanOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const outside = Math.floor(sorted.length / 4);
  return meanOf(sorted.slice(outside, sorted.length - outside));
}

/** The middle value, or the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
