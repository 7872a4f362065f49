// @ts-check
/** The operations that tests run on a team: worker 0 in the test's process, the others from `member.mjs`. */

/** @typedef {import('#jobs/workers/collective').Collective} Collective */

/** Element `i` of worker `rank`'s vector in a round. @param {number} rank @param {number} i @param {number} round */
export const partOf = (rank, i, round) => Math.sin(1000 * rank + i + 7 * round);

/**
 * Sums vectors one after the other, and adds the last element of each total to the next vector, so that a worker that
 * reads a wrong value once spoils the later sums of all workers.
 *
 * @param {Collective} collective
 * @param {{ lengths: readonly number[], bits: 32 | 64 }} job
 */
export async function allReduces(collective, { lengths, bits }) {
  const totals = [];
  let carried = 0;
  for (const [round, length] of lengths.entries()) {
    const values = new (bits === 32 ? Float32Array : Float64Array)(length);
    for (let i = 0; i < length; i++) values[i] = partOf(collective.rank, i, round) + carried;
    await collective.allReduce(values);
    carried = values[length - 1] ?? 0;
    totals.push(values);
  }
  return totals;
}

/** `any` where only the last worker, no worker, and only worker 0 raises the flag. @param {Collective} collective */
export async function any(collective) {
  const { rank, size } = collective;
  return [await collective.any(rank === size - 1), await collective.any(false), await collective.any(rank === 0)];
}

/** Worker 0's vectors, as the last worker received them. @param {Collective} collective */
export async function broadcast(collective) {
  const { rank, size } = collective;
  const heard = [];
  for (const length of [3, 50_000, 1]) {
    const values = Float32Array.from({ length }, (_, i) => partOf(rank, i, length));
    await collective.broadcast(values);
    const told = rank === size - 1 ? values : new Float32Array(length);
    await collective.allReduce(told);
    heard.push(told);
  }
  return heard;
}

/**
 * Half the sum of a vector of each worker, which all wrote part by part into the last of the vectors in common.
 *
 * @param {Collective} collective
 */
export async function partialSums(collective) {
  const shared = collective.sharedVectors?.();
  const last = shared?.vectors.at(-1);
  if (shared === undefined || last === undefined) return undefined;
  const sums = [];
  for (const round of [0, 1]) {
    for (let i = 0; i < shared.own.length; i++) shared.own[i] = partOf(collective.rank, i, round);
    last.set(await shared.sumPart(0.5), shared.part[0]);
    await collective.any(false);
    sums.push(last.slice());
  }
  return sums;
}

/** The process ids of all workers. @param {Collective} collective */
export async function processes(collective) {
  const { rank, size } = collective;
  const ids = new Float64Array(size);
  ids[rank] = process.pid;
  await collective.allReduce(ids);
  return [...ids];
}

/** Sums vectors of unequal lengths, which is a bug. @param {Collective} collective */
export async function unequalLengths(collective) {
  await collective.allReduce(new Float64Array(3 + collective.rank));
}
