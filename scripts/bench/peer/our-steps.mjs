// Our side's steps of a workload, on every worker of a team: each takes its share of a step's samples, and all-reduces
// give all workers the same update. The parts are those of a search or a training run.
import { sumCrossEntropy } from '#core/statistics/scoring';
import { reducerOf, shareOf } from '#jobs/workers/collective';
import { SuperNet } from '#tasks/search/supernet/supernet';
import { Trainee, trainNetwork } from '#tasks/training/train-network';
import { poolSize } from './batches.mjs';
import { rateAt } from './workloads.mjs';

/** The initial weights of a workload, with their optimizer. */
export function ourNet({ isOneModel, network, space, optimizer, l2, precision }) {
  return isOneModel
    ? new Trainee(network, optimizer, 0)
    : new SuperNet(space, { seed: 'peer', optimizer, l2, precision });
}

/**
 * The steps of a workload: a function of the position in the sequence of selections and batches, and of the number of
 * steps since the start. It returns the mean loss of all samples and, in a validation pass, the first rows of their
 * logits.
 */
export function ourSteps(net, workload, pool, collective) {
  if (workload.isOneModel) return training(net, workload, pool, collective);
  return (workload.isHeldOut ? heldOut : search)(net, workload, pool, collective);
}

/** A step as in `tasks/search/ports.ts`. */
function search(net, workload, pool, collective) {
  const { sequence, samples } = workload;
  const reducer = reducerOf(collective);
  return async (position, since) => {
    const own = shareOf(collective, sequence[position % sequence.length]);
    const selections = own.map(({ sample }) => sample);
    const batches = own.map(({ k }) => pool[position % poolSize][k]);
    return { loss: await net.trainStep(selections, batches, since, rateAt(workload, since), { of: samples, reducer }) };
  };
}

const shownRows = 8;

/** A measurement of qualities as in `tasks/search/ports.ts`. */
function heldOut(net, { sequence, samples, space: { classes } }, pool, collective) {
  return async (position) => {
    const losses = new Float64Array(samples);
    const shown = new Float64Array(samples * shownRows * classes);
    for (const { sample, k } of shareOf(collective, sequence[position % sequence.length])) {
      const batch = pool[position % poolSize][k];
      const logits = net.logits(sample, batch);
      losses[k] = sumCrossEntropy(logits, batch.soft, classes) / batch.n / samples;
      shown.set(logits.subarray(0, shownRows * classes), k * shownRows * classes);
    }
    await collective.allReduce(losses);
    return { loss: losses.reduce((total, loss) => total + loss, 0), shown };
  };
}

/** A step of `tasks/training/train-network.ts`; the samples are the micro-batches of a batch. */
function training(net, { l2, learningRate, warmupSteps, samples, precision }, pool, collective) {
  const steps = 1e9; // large enough that the learning rate stays at its peak after the warm-up
  const plan = { steps, warmupSteps, learningRate, l2, dropout: 0, seed: 0, microBatches: samples, precision };
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
