// Sums of the differences between our bytes and those of another program.

/** Adds the differences of two results to `sums`: bytes, equal ones, absolute differences and the largest. */
export function addDifferences(sums, ours, theirs, what) {
  if (ours.length !== theirs.length) {
    throw new Error(`${what}: we have ${ours.length} bytes, the other program has ${theirs.length}`);
  }
  for (let i = 0; i < ours.length; i++) {
    const difference = Math.abs(ours[i] - theirs[i]);
    sums.absolute += difference;
    sums.largest = Math.max(sums.largest, difference);
    if (difference === 0) sums.equal++;
  }
  sums.bytes += ours.length;
}
