/**
 * Soft labels as they are stored and as they are used. Stored: half-precision probabilities of all classes or, where
 * there are many, of the most probable ones and of all the rest together. Used: float32 rows that sum to 1, since the
 * gradient of softmax cross-entropy, softmax - p, sums to 0 only then.
 */
import { halfBits, halfValues } from '#core/float16';

/** The most probable classes of each row, where the others are stored as one sum. */
export interface TopLabels {
  /** Classes [rows, top], the most probable first, the lower class first among equals. */
  readonly classes: Int16Array | Int32Array;
  /** Half-precision bits of the probability of all other classes together, [rows]. */
  readonly rest: Uint16Array;
}

/** The columns of a shard that hold soft labels. */
export interface SoftLabels {
  /** Half-precision bits, [rows, K] or, with `top`, [rows, top]. */
  readonly soft: Uint16Array;
  readonly top?: TopLabels | undefined;
}

/** Number of classes and, if only the most probable are stored, how many. */
export interface SoftLayout {
  readonly classes: number;
  readonly top?: number | undefined;
}

/** Classes up to which all probabilities are stored unless a recipe says otherwise. */
export const mostFullClasses = 64;

/** Values stored per row. */
export function softWidth({ classes, top }: SoftLayout): number {
  return top ?? classes;
}

/** True if class numbers fit into 16 bits. */
export function hasShortClasses({ classes }: SoftLayout): boolean {
  return classes <= 2 ** 15;
}

/** Empty columns for `rows` rows. */
export function emptySoftLabels(rows: number, layout: SoftLayout): SoftLabels {
  const soft = new Uint16Array(rows * softWidth(layout));
  if (layout.top === undefined) return { soft };
  const Classes = hasShortClasses(layout) ? Int16Array : Int32Array;
  return { soft, top: { classes: new Classes(rows * layout.top), rest: new Uint16Array(rows) } };
}

/** Stores rows of probabilities [n, K] from the given row on. */
export function storeSoftLabels(
  into: SoftLabels,
  from: number,
  probabilities: Float32Array,
  { classes, top }: SoftLayout,
): void {
  if (top === undefined || into.top === undefined) {
    for (let i = 0; i < probabilities.length; i++) into.soft[from * classes + i] = halfBits(probabilities[i] as number);
    return;
  }
  for (let row = 0; row < probabilities.length / classes; row++) {
    const values = probabilities.subarray(row * classes, (row + 1) * classes);
    const chosen = largest(values, top);
    let rest = values.reduce((sum, value) => sum + value, 0);
    for (const [i, k] of chosen.entries()) {
      into.top.classes[(from + row) * top + i] = k;
      into.soft[(from + row) * top + i] = halfBits(values[k] as number);
      rest -= values[k] as number;
    }
    into.top.rest[from + row] = halfBits(Math.max(0, rest));
  }
}

/** The indices of the `count` largest values in falling order, the lower index first among equals. */
export function largest(values: Float32Array, count: number): number[] {
  const chosen: number[] = [];
  for (let k = 0; k < values.length; k++) {
    if (chosen.length === count && (values[k] as number) <= (values[chosen[count - 1] as number] as number)) continue;
    let at = Math.min(chosen.length, count - 1);
    for (; at > 0 && (values[chosen[at - 1] as number] as number) < (values[k] as number); at--) {
      chosen[at] = chosen[at - 1] as number;
    }
    chosen[at] = k;
  }
  return chosen;
}

/** The sum of a row's stored probabilities, about 1. */
export function storedSum({ soft, top }: SoftLabels, row: number, layout: SoftLayout): number {
  const width = softWidth(layout);
  let sum = top === undefined ? 0 : (halfValues[top.rest[row] as number] as number);
  for (let i = row * width; i < (row + 1) * width; i++) sum += halfValues[soft[i] as number] as number;
  return sum;
}

/** Writes a row as K probabilities that sum to 1; the rest is spread evenly over the classes that are not stored. */
export function useSoftLabels(labels: SoftLabels, row: number, layout: SoftLayout, into: Float32Array): void {
  const { soft, top } = labels;
  const width = softWidth(layout);
  const scale = 1 / storedSum(labels, row, layout);
  if (top !== undefined) {
    const rest = halfValues[top.rest[row] as number] as number;
    into.fill(layout.classes === width ? 0 : (rest * scale) / (layout.classes - width));
  }
  for (let i = 0; i < width; i++) {
    const k = top === undefined ? i : (top.classes[row * width + i] as number);
    into[k] = (halfValues[soft[row * width + i] as number] as number) * scale;
  }
}
