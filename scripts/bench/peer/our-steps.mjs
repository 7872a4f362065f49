// Our side's steps of a workload, as every worker of a team does them: each takes its share of a step's samples, and sums
// over the workers give all of them the same update. The parts are those of a search or a training run.
import { sumCrossEntropy } from '#core/statistics/scoring';
import { reducerOf, shareOf } from '#jobs/workers/collective';
import { SuperNet } from '#tasks/search/supernet/supernet';
import { Trainee, trainNetwork } from '#tasks/training/train-network';
import { poolSize } from './batches.mjs';
import { cycle, rateAt } from './workloads.mjs';

/** The weights of a workload at their start, with their optimizer. */
export function ourNet({ isOneModel, network, space, optimizer, l2 }) {
  return isOneModel ? new Trainee(network, optimizer, 0) : new SuperNet(space, { seed: 'peer', optimizer, l2 });
}

/**
 * The steps of a workload: a function of the place in the sequence of selections and batches, and of the steps since the
 * start. It returns the mean loss of all samples and, of a held-out pass, the first rows of each one's logits.
 */
export function ourSteps(net, workload, pool, collective) {
  if (workload.isOneModel) return training(net, workload, pool, collective);
  return (workload.isHeldOut ? heldOut : search)(net, workload, pool, collective);
}

/** As `tasks/search/ports.ts` takes a step. */
function search(net, workload, pool, collective) {
  const { sequence, samples } = workload;
  const reducer = reducerOf(collective);
  return async (position, since) => {
    const own = shareOf(collective, sequence[position % cycle]);
    const selections = own.map(({ sample }) => sample);
    const batches = own.map(({ k }) => pool[position % poolSize][k]);
    return { loss: await net.trainStep(selections, batches, since, rateAt(workload, since), { of: samples, reducer }) };
  };
}

const shownRows = 8;

/** As `tasks/search/ports.ts` measures qualities. */
function heldOut(net, { sequence, samples, space: { classes } }, pool, collective) {
  return async (position) => {
    const losses = new Float64Array(samples);
    const shown = new Float64Array(samples * shownRows * classes);
    for (const { sample, k } of shareOf(collective, sequence[position % cycle])) {
      const batch = pool[position % poolSize][k];
      const logits = net.logits(sample, batch);
      losses[k] = sumCrossEntropy(logits, batch.soft, classes) / batch.n / samples;
      shown.set(logits.subarray(0, shownRows * classes), k * shownRows * classes);
    }
    await collective.allReduce(losses);
    return { loss: losses.reduce((total, loss) => total + loss, 0), shown };
  };
}

/** `tasks/training/train-network.ts`, a step at a time: the samples are the micro-batches of a batch. */
function training(net, { l2, learningRate, warmupSteps, samples }, pool, collective) {
  const steps = 1e9; // so many that the learning rate stays at its peak after the warm-up
  const plan = { steps, warmupSteps, learningRate, l2, dropout: 0, seed: 0, microBatches: samples };
  return async (position, since) => {
    const batches = { at: async (index) => pool[position % poolSize][index % samples] };
    let loss = 0;
    await trainNetwork(net, { ...plan, from: since }, batches, collective, async (done) => {
      loss = done.loss;
      return false; // stop
    });
    return { loss };
  };
}
