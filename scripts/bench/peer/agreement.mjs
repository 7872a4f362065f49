// Checks that two sides compute the same losses, and logits if they return some, over a cycle of steps.
import { cycle } from './workloads.mjs';

/** Largest relative difference that counts as the same, over all steps and at the first one. */
export const tolerance = { all: 1e-3, first: 1e-5 };
/** The same where a side rounds to bfloat16, which has 8 bits. */
export const roundedTolerance = { all: 1e-2, first: 1e-2 };

/** A side's answer to `check`, from the start. */
export async function checked(side) {
  await side.ask('reset 0');
  return side.ask(`check ${cycle}`);
}

/** @param isRounded  true if a side rounds to bfloat16 */
export function agreement(ours, peer, isRounded = false) {
  const losses = ours.losses.map((loss, i) => Math.abs(peer.losses[i] - loss) / Math.abs(loss));
  const logits = (ours.logits ?? []).map((row, i) => relativeDifference(row, peer.logits[i]));
  // A logit's rounding is that of its inputs, which cancel; the losses show a wrong one.
  const differences = losses.map((difference, i) => Math.max(difference, isRounded ? 0 : (logits[i] ?? 0)));
  const { all, first } = isRounded ? roundedTolerance : tolerance;
  const largest = differences.includes(Number.NaN) ? Number.NaN : Math.max(...differences);
  const agrees = largest <= all && losses[0] <= first;
  const ends = { firstLoss: ours.losses[0], lastLoss: ours.losses.at(-1), peerLastLoss: peer.losses.at(-1) };
  return { agrees, atFirstStep: losses[0], largest, ...ends };
}

/** Largest difference between two lists, relative to the largest entry. */
function relativeDifference(a, b) {
  const largest = Math.max(...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]))) / largest;
}
