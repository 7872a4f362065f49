/**
 * Checks that an export computes what the network does: compares its logits, as its users' runtime gives them, with
 * ours.
 */
import { Failure } from '#core/failure';
import { logitsWith } from '#networks/nn/frozen-network';
import type { Exported, ExportedLogits, Exporter, TrialImages } from './exporter.js';

export interface ExportCheck extends Omit<ExportedLogits, 'logits'> {
  readonly images: number;
  /** The largest difference between two logits. */
  readonly maxAbsolute: number;
  /** The same as a share of the largest logit. */
  readonly maxRelative: number;
}

const tolerance = 1e-4; // of the largest logit

/** Compares the logits; a difference beyond rounding is a bug in this program or the runtime and throws an `Error`. */
export async function checkExport(
  folder: string,
  exporter: Exporter,
  exported: Exported,
  images: TrialImages,
): Promise<ExportCheck> {
  const { network, weights } = exported;
  const expected = logitsWith(network, weights, images, images.batch);
  if (!expected.every(Number.isFinite))
    throw new Failure('data', `${network.name}: its weights give logits that are not finite`);
  const { logits, ...about } = await exporter.logits(folder, exported, images);
  const check = { ...about, images: images.n, ...largest(logits.map((found) => difference(found, expected))) };
  if (!(check.maxRelative <= tolerance))
    throw new Error(`${folder}: ${checkText(check)}; expected at most ${tolerance}`);
  return check;
}

/**
 * Returns the largest absolute difference, and its ratio to the largest expected logit.
 *
 * @param expected  logits of which at least one is not 0
 */
export function difference(found: Float32Array, expected: Float32Array) {
  if (found.length !== expected.length) throw new Error(`expected ${expected.length} logits; got ${found.length}`);
  let maxAbsolute = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    maxAbsolute = Math.max(maxAbsolute, Math.abs((found[i] as number) - (expected[i] as number))); // NaN stays NaN
    largest = Math.max(largest, Math.abs(expected[i] as number));
  }
  return { maxAbsolute, maxRelative: maxAbsolute === 0 ? 0 : maxAbsolute / largest };
}

type Difference = Pick<ExportCheck, 'maxAbsolute' | 'maxRelative'>;

/** Returns the first difference that is not a number, else the largest. */
function largest(differences: readonly Difference[]): Difference {
  return differences.reduce((most, other) => (most.maxAbsolute >= other.maxAbsolute ? most : other));
}

export function checkText({ runtime, delegated, images, maxAbsolute, maxRelative }: ExportCheck): string {
  const most = `${maxAbsolute.toExponential(1)}, ${maxRelative.toExponential(1)} of the largest logit`;
  const by = delegated === undefined ? runtime : `${runtime}, ${delegatedText(delegated)},`;
  return `logits of ${images} images by ${by} differ from ours by at most ${most}`;
}

/** Formats the operators that a delegate executes. */
export function delegatedText({ to, ops, of }: NonNullable<ExportCheck['delegated']>): string {
  return `with ${ops === of ? `all ${of}` : `${ops} of ${of}`} operators in ${to}`;
}
