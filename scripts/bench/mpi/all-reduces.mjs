// Times meetings of all workers of a team and all-reduces of vectors of several lengths.
import { median } from '../peer/statistics.mjs';

export const lengths = [2 ** 15, 2 ** 18, 2 ** 20, 2 ** 21]; // floats
const rounds = 25;

/**
 * Called on every worker.
 *
 * @returns the median time of a meeting, in which each says one number to all, and of the all-reduce of each length
 */
export async function timedCollective(collective) {
  const values = lengths.map((length) => new Float32Array(length));
  const allReduces = [];
  for (const vector of values) {
    allReduces.push({ bytes: vector.byteLength, ms: await medianMs(() => collective.allReduce(vector)) });
  }
  return { meetingMs: await medianMs(() => collective.any(false)), allReduces };
}

async function medianMs(operation) {
  const ms = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await operation();
    ms.push(performance.now() - began);
  }
  return median(ms);
}

export const serve = async (_, collective) => void (await timedCollective(collective));
