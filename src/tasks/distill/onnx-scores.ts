/** Checks that an ONNX teacher's output is what its recipe states: logits or probabilities. */
import { Failure } from '#core/failure';
import { isProbabilities } from './build-teacher.js';

/**
 * Returns a function from the model's output [n, K] to probabilities. It refuses logits that are already probabilities,
 * since a softmax of a softmax is nearly uniform, stated probabilities that do not sum to 1, and values that are not
 * finite.
 *
 * @param warn  called once if the outputs look like those of a sigmoid
 */
export function scoreReading(
  file: string,
  output: 'logits' | 'probabilities',
  classes: number,
  warn: (line: string) => void,
): (scores: Float32Array) => Float32Array {
  let isFirst = true;
  return (scores) => {
    if (output === 'probabilities') return requireProbabilities(file, scores, classes);
    if (isFirst) refuseProbabilities(file, scores, classes, warn);
    isFirst = false;
    return requireNumbers(file, softmaxed(scores, classes), scores, classes);
  };
}

function requireProbabilities(file: string, scores: Float32Array, classes: number): Float32Array {
  const row = rowsOf(scores, classes).find((one) => !isProbabilities(one));
  if (row === undefined) return scores;
  const message = `expected probabilities that sum to 1, as output: probabilities says; got ${shownRow(row)}`;
  throw new Failure('data', { file, message }, 'leave out output: probabilities if these are logits');
}

/** Refuses logits if all rows of the first images are probabilities; a single row may look so by chance. */
function refuseProbabilities(file: string, scores: Float32Array, classes: number, warn: (line: string) => void): void {
  const rows = rowsOf(scores, classes);
  if (rows.every(isProbabilities)) {
    const message = `expected logits; got probabilities, each row from 0 to 1 with the sum 1: ${shownRow(rows[0] as Float32Array)}`;
    throw new Failure('data', { file, message }, 'state output: probabilities next to the model');
  }
  if (!scores.every((score) => score >= 0 && score <= 1)) return;
  warn(
    `${file}: all outputs lie from 0 to 1, as those of a sigmoid do; read as logits, they hardly separate the classes`,
  );
}

function requireNumbers(
  file: string,
  probabilities: Float32Array,
  scores: Float32Array,
  classes: number,
): Float32Array {
  const at = probabilities.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return probabilities;
  const row = scores.subarray(at - (at % classes), at - (at % classes) + classes);
  throw new Failure('data', { file, message: `expected logits that are finite; got ${shownRow(row)}` });
}

function rowsOf(values: Float32Array, classes: number): Float32Array[] {
  return Array.from({ length: values.length / classes }, (_, i) => values.subarray(i * classes, (i + 1) * classes));
}

function shownRow(row: Float32Array): string {
  const first = [...row.subarray(0, 4)].map((value) => value.toPrecision(3)).join(', ');
  return row.length > 4 ? `${first}, ...` : first;
}

/** Softmax of each row of K logits. */
function softmaxed(logits: Float32Array, classes: number): Float32Array {
  const result = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += classes) {
    const row = logits.subarray(from, from + classes);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const powers = row.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    result.set(
      powers.map((power) => power / sum),
      from,
    );
  }
  return result;
}
