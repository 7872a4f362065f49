/**
 * Splits train images of a source into train and validation before augmentation, so that no copy of a validation image
 * is trained on.
 */
import { apportioned } from '#core/apportioned';
import { Failure } from '#core/failure';
import { permutation, randomStream } from '#core/random';

/** Indices into the source's train part, each ascending. */
export interface SourceSplit {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Draws `validation` images from the seed's stream, each class in proportion to its size (largest remainders); the
 * others are train. As many as the source has, or more, are a config failure.
 */
export function splitSources(
  labels: ArrayLike<number>,
  classes: number,
  validation: number,
  seed: number,
): SourceSplit {
  if (validation >= labels.length) {
    throw new Failure(
      'config',
      `validation: expected fewer than the source's ${labels.length} train images; got ${validation}`,
    );
  }
  const { members, starts } = membersByClass(labels, classes);
  const sizes = Array.from(
    { length: classes },
    (_, label) => (starts[label + 1] as number) - (starts[label] as number),
  );
  const isValidation = new Uint8Array(labels.length);
  for (const [label, quota] of apportioned(validation, sizes).entries()) {
    const order = permutation(sizes[label] as number, randomStream(`${seed}/data/held/${label}`));
    const start = starts[label] as number;
    for (const place of order.subarray(0, quota)) isValidation[members[start + place] as number] = 1;
  }
  return {
    train: indicesWhere(isValidation, 0, labels.length - validation),
    validation: indicesWhere(isValidation, 1, validation),
  };
}

/** The indices of the images, class after class and ascending in each, and where each class starts and the last ends. */
function membersByClass(labels: ArrayLike<number>, classes: number) {
  const starts = new Int32Array(classes + 1);
  for (let i = 0; i < labels.length; i++) increment(starts, (labels[i] as number) + 1);
  for (let label = 0; label < classes; label++) {
    starts[label + 1] = (starts[label + 1] as number) + (starts[label] as number);
  }
  const next = starts.slice();
  const members = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) members[increment(next, labels[i] as number)] = i;
  return { members, starts };
}

/** Adds 1 to a value; returns the former one. */
function increment(values: Int32Array, at: number): number {
  const before = values[at] as number;
  values[at] = before + 1;
  return before;
}

/** The `count` indices at which `values` has `value`, ascending. */
function indicesWhere(values: ArrayLike<number>, value: number, count: number): Int32Array {
  const found = new Int32Array(new SharedArrayBuffer(4 * count)); // for the drawing threads
  let n = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === value) found[n++] = i;
  return found;
}
