// Checks that two sides compute the same losses, and logits if they return some, over a cycle of steps.
import { cycle } from './workloads.mjs';

/** Largest relative difference that counts as the same, over all steps and at the first one. */
export const tolerance = { all: 1e-3, first: 1e-5 };

/** A side's answer to `check`, from the start. */
export async function checked(side) {
  await side.ask('reset 0');
  return side.ask(`check ${cycle}`);
}

export function agreement(ours, peer) {
  const losses = ours.losses.map((loss, i) => Math.abs(peer.losses[i] - loss) / Math.abs(loss));
  const logits = (ours.logits ?? []).map((row, i) => relativeDifference(row, peer.logits[i]));
  const differences = losses.map((difference, i) => Math.max(difference, logits[i] ?? 0));
  const largest = differences.includes(Number.NaN) ? Number.NaN : Math.max(...differences);
  const agrees = largest <= tolerance.all && losses[0] <= tolerance.first;
  const ends = { firstLoss: ours.losses[0], lastLoss: ours.losses.at(-1), peerLastLoss: peer.losses.at(-1) };
  return { agrees, atFirstStep: losses[0], largest, ...ends };
}

/** Largest difference between two lists, relative to the largest entry. */
function relativeDifference(a, b) {
  const largest = Math.max(...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]))) / largest;
}
