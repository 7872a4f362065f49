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
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i] as number]?.push(i);
  const quotas = apportioned(
    validation,
    members.map(({ length }) => length),
  );
  const chosen = new Set<number>();
  for (const [label, indices] of members.entries()) {
    const order = permutation(indices.length, randomStream(`${seed}/data/held/${label}`));
    for (const place of order.subarray(0, quotas[label])) chosen.add(indices[place] as number);
  }
  const all = Int32Array.from({ length: labels.length }, (_, i) => i);
  return { train: all.filter((i) => !chosen.has(i)), validation: all.filter((i) => chosen.has(i)) };
}
