/** Counts of an evaluation class by class: accuracies and confusions. */
import { csvCell } from '#core/documents/csv-cell';
import { predictedClass } from '#core/statistics/scoring';
import type { ByClass } from '#jobs/runs/evaluation';

export const mostMatrixClasses = 1000; // a matrix of 4 MB
export const mostClassesInResult = 20; // a larger matrix is a file by itself
const shownConfusions = 10;

export interface ClassCounts {
  readonly classes: number;
  /** Images of each class, [K]. */
  readonly images: Uint32Array;
  /** Correct predictions for each class, [K]. */
  readonly correct: Uint32Array;
  /** Images by label and prediction, [K, K]; undefined for more classes than `mostMatrixClasses`. */
  readonly matrix: Uint32Array | undefined;
}

export function startCounts(classes: number): ClassCounts {
  return {
    classes,
    images: new Uint32Array(classes),
    correct: new Uint32Array(classes),
    matrix: classes > mostMatrixClasses ? undefined : new Uint32Array(classes ** 2),
  };
}

/**
 * Adds the predictions of a batch to the counts.
 *
 * @param logits  [n, K], row by row
 */
export function addCounts(
  { classes, images, correct, matrix }: ClassCounts,
  logits: Float32Array,
  labels: ArrayLike<number>,
): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number;
    const predicted = predictedClass(logits, row, label, classes);
    increment(images, label);
    if (predicted === label) increment(correct, label);
    if (matrix !== undefined) increment(matrix, label * classes + predicted);
  }
}

function increment(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] as number) + 1;
}

/** Returns the counts as a result holds them; classes without names are numbered. */
export function byClass(counts: ClassCounts, names: readonly string[] | undefined): ByClass {
  const { images, correct, matrix, classes } = counts;
  const named = classNamesFor(counts, names);
  const top1 = (c: number) => (images[c] === 0 ? null : (correct[c] as number) / (images[c] as number));
  return {
    classes: named.map((name, c) => ({ name, n: images[c] as number, top1: top1(c) })),
    ...(matrix && { confusions: confusionsIn(matrix, images, named) }),
    ...(matrix && classes <= mostClassesInResult && { matrix: rowsOf(matrix, classes) }),
  };
}

/** Returns the confusion matrix as CSV, a row for each label and a column for each prediction. */
export function confusionCsv(counts: ClassCounts, matrix: Uint32Array, names: readonly string[] | undefined): string {
  const named = classNamesFor(counts, names).map((name) => csvCell(name));
  const lines = rowsOf(matrix, counts.classes).map((row, c) => [named[c], ...row].join(','));
  return `${[['label', ...named].join(','), ...lines].join('\n')}\n`;
}

function classNamesFor({ classes }: ClassCounts, names: readonly string[] | undefined): string[] {
  return Array.from({ length: classes }, (_, c) => names?.[c] ?? `${c}`);
}

function rowsOf(matrix: Uint32Array, classes: number): number[][] {
  return Array.from({ length: classes }, (_, label) => [...matrix.subarray(label * classes, (label + 1) * classes)]);
}

/** Returns the confusions of the most images; equally frequent ones in the order of label and prediction. */
function confusionsIn(matrix: Uint32Array, images: Uint32Array, names: readonly string[]) {
  const classes = names.length;
  const places = [...matrix.keys()].filter((i) => matrix[i] !== 0 && i % (classes + 1) !== 0); // off the diagonal
  const most = places.sort((a, b) => (matrix[b] as number) - (matrix[a] as number) || a - b).slice(0, shownConfusions);
  return most.map((i) => {
    const label = Math.floor(i / classes);
    const n = matrix[i] as number;
    const [name, predicted] = [names[label] as string, names[i % classes] as string];
    return { label: name, predicted, n, share: n / (images[label] as number) };
  });
}
