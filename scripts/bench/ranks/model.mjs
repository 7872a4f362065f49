// A model of the time of a search step on MPI ranks, each on a node of one core. Times are in ms, vectors in bytes.
//
//   step(n) = c S(n) + f + meetings log2(n) l + 2 (n - 1) l + 2 (n - 1) / n G / B
//
// c: computing one architecture of mean size; S(n): architectures' worth of work of the busiest rank; f: what every rank
// does alike, such as the update of all weights; l: time of a message; G: bytes of the gradient; B: bytes per ms. The
// exchange sends each rank's chunk to the n - 1 others, twice (docs/clusters.md). Where n ranks share fewer cores, they
// compute in turns.

/** Short vectors that all ranks gather in a step: two barriers, the losses, the qualities. */
const meetings = 4;

/**
 * The work of the busiest core of a step, as a mean over steps.
 *
 * @param {readonly (readonly number[])[]} steps  the work of each step's architectures
 * @param {number} ranks @param {number} cores  on which the ranks run; they take turns if there are fewer
 */
export function busiest(steps, ranks, cores) {
  const sums = steps.map((works) => {
    if (ranks > cores) return works.reduce((sum, work) => sum + work, 0) / cores;
    const own = Array.from({ length: ranks }, (_, r) => works.filter((_, k) => k % ranks === r));
    return Math.max(...own.map((share) => share.reduce((sum, work) => sum + work, 0)));
  });
  return sums.reduce((sum, most) => sum + most, 0) / sums.length;
}

/** Time of a step's communication on `ranks` ranks, each with a core. */
export function communicationMs({ latencyMs, bytesPerMs }, gradientBytes, ranks) {
  if (ranks === 1) return 0;
  const messages = meetings * Math.log2(ranks) + 2 * (ranks - 1);
  return messages * latencyMs + (2 * (ranks - 1) * gradientBytes) / ranks / bytesPerMs;
}

/** Time of a step in ms; `works` are in architectures of mean size. */
export function stepMs({ computeMs, fixedMs, ...network }, { works, ranks, cores, gradientBytes }) {
  const turns = Math.max(1, ranks / cores);
  return computeMs * busiest(works, ranks, cores) + turns * (fixedMs + communicationMs(network, gradientBytes, ranks));
}

/** Latency and bandwidth from a meeting of 2 ranks, and by least squares from their all-reduces of vectors of `bytes`. */
export function fittedNetwork({ meetingMs, allReduces }) {
  const mean = (of) => allReduces.reduce((sum, each) => sum + of(each), 0) / allReduces.length;
  const [bytes, ms] = [mean((each) => each.bytes), mean((each) => each.ms)];
  const msPerByte = mean((each) => (each.bytes - bytes) * (each.ms - ms)) / mean((each) => (each.bytes - bytes) ** 2);
  return { latencyMs: meetingMs, bytesPerMs: 1 / msPerByte };
}

/** `computeMs` and `fixedMs` by least squares of the relative error, from measured steps and a fitted network. */
export function fittedSteps(network, measured) {
  const rows = measured.map(({ ms, ...at }) => {
    const unit = (computeMs, fixedMs) => stepMs({ computeMs, fixedMs, latencyMs: 0, bytesPerMs: Infinity }, at);
    const rest = ms - stepMs({ computeMs: 0, fixedMs: 0, ...network }, at);
    return [unit(1, 0) / ms, unit(0, 1) / ms, rest / ms];
  });
  const dot = (i, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0);
  const determinant = dot(0, 0) * dot(1, 1) - dot(0, 1) ** 2;
  return {
    ...network,
    computeMs: (dot(0, 2) * dot(1, 1) - dot(1, 2) * dot(0, 1)) / determinant,
    fixedMs: (dot(1, 2) * dot(0, 0) - dot(0, 2) * dot(0, 1)) / determinant,
  };
}
