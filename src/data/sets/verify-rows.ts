/** Checks the values in a shard's rows. */
import { Failure } from '#core/failure';
import type { Manifest } from './manifest.js';
import type { Shard } from './shard.js';
import type { RowLayout } from './shard-columns.js';
import { storedSum } from './soft-labels.js';
import { decodedPixels } from './stored-images.js';

/** The problems of a shard's labels and probabilities: at most one of each kind, the first row that has it. */
export function rowProblems(shard: Shard, layout: RowLayout): string[] {
  return [...labelProblems(shard, layout), ...topProblem(shard, layout), ...sumProblem(shard, layout)];
}

/** The problem of the first encoded image that cannot be decoded to the set's shape. */
export async function imageProblem(shard: Shard, { shape }: Manifest): Promise<string[]> {
  const { imageOffsets, images, rows } = shard;
  if (imageOffsets === undefined) return [];
  for (let from = 0; from < rows; from += decodedAtOnce) {
    const some = Array.from({ length: Math.min(decodedAtOnce, rows - from) }, (_, i) => from + i);
    const decoded = some.map(async (row) => {
      const bytes = images.subarray(imageOffsets[row], imageOffsets[row + 1]);
      return decodedPixels(bytes, shape, `row ${row}`).then(() => undefined, messageOf);
    });
    const problem = (await Promise.all(decoded)).find((message) => message !== undefined);
    if (problem !== undefined) return [problem];
  }
  return [];
}

const decodedAtOnce = 64; // images

function messageOf(error: unknown): string {
  if (error instanceof Failure) return error.message;
  throw error;
}

function labelProblems({ labels, mixing }: Shard, { classes }: RowLayout): string[] {
  const wrong = (values: ArrayLike<number>, isRight: (value: number) => boolean, expected: string) => {
    const row = Array.from(values).findIndex((value) => !isRight(value));
    return row < 0 ? [] : [`row ${row}: expected ${expected}; got ${values[row]}`];
  };
  const isClass = (value: number) => value >= 0 && value < classes;
  const { labels: others = [], shares = [] } = mixing ?? {};
  return [
    ...wrong(labels, isClass, `a label from 0 to ${classes - 1}`),
    ...wrong(others, isClass, `a mixed label from 0 to ${classes - 1}`),
    ...wrong(shares, (share) => share >= 0 && share <= 0.5, 'a mixed share from 0 to 0.5'),
  ];
}

function topProblem({ top, rows }: Shard, { classes, top: width = 0 }: RowLayout): string[] {
  if (top === undefined) return [];
  for (let row = 0; row < rows; row++) {
    const found = [...top.classes.subarray(row * width, (row + 1) * width)];
    if (new Set(found).size === width && found.every((k) => k >= 0 && k < classes)) continue;
    return [
      `row ${row}: expected ${width} different classes from 0 to ${classes - 1}; got ${found.slice(0, 5).join(', ')}`,
    ];
  }
  return [];
}

/** The largest difference between a row's sum and 1 that float16 and the teacher's arithmetic explain. */
function sumTolerance(classes: number): number {
  return 1e-3 + 2 ** -11 + classes * 2 ** -25;
}

function sumProblem(shard: Shard, layout: RowLayout): string[] {
  for (let row = 0; row < shard.rows; row++) {
    const sum = storedSum(shard, row, layout);
    if (Math.abs(sum - 1) <= sumTolerance(layout.classes)) continue;
    return [`row ${row}: expected probabilities that sum to 1; got the sum ${sum.toPrecision(6)}`];
  }
  return [];
}
