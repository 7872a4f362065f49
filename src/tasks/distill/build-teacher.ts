/** The port through which a build asks a teacher, and the check that its answers are probabilities. */
import { Failure } from '#core/failure';
import type { ImageForm } from '#data/images/image-source';
import type { TeacherReference } from './build-recipe.js';

export interface Teacher {
  readonly name: string;
  /** Changes with anything that its answers depend on: its network, its weights. */
  readonly fingerprint: string;
  /**
   * Returns class probabilities [n, K] of raw images [n, H, W, C], equal for equal images.
   *
   * @param images  borrowed
   */
  predict(images: Uint8Array, n: number): Float32Array | Promise<Float32Array>;
}

/** Loads the teachers that a recipe names and combines them into one: the probabilities of several are averaged. */
export type LoadTeachers = (
  references: readonly TeacherReference[],
  context: { readonly recipeFile: string; readonly form: ImageForm },
) => Promise<Teacher>;

/** Largest difference between 1 and the sum of a row of float32 probabilities. */
const sumTolerance = 1e-3;

/** Refuses anything but `n` rows of `classes` probabilities with a data failure that names the teacher. */
export function checkProbabilities(probabilities: Float32Array, n: number, classes: number, teacher: string): void {
  const fail = (message: string) => new Failure('data', `teacher ${teacher}: ${message}`);
  if (probabilities.length !== n * classes) {
    const got = `${probabilities.length / n} per image`;
    throw fail(`expected ${classes} probabilities per image, one for each class of the source; got ${got}`);
  }
  for (let i = 0; i < n; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    if (isProbabilities(row)) continue;
    const shown = [...row.subarray(0, 4)].map((p) => p.toPrecision(3)).join(', ');
    throw fail(`expected probabilities that sum to 1; got ${shown}, ... with the sum ${sumOf(row).toPrecision(6)}`);
  }
}

/** True if the values are probabilities of all classes, to half precision. */
export function isProbabilities(row: Float32Array): boolean {
  return row.every((value) => value >= 0) && Math.abs(sumOf(row) - 1) <= sumTolerance;
}

function sumOf(row: Float32Array): number {
  return row.reduce((sum, value) => sum + value, 0);
}
