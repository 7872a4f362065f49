// The workloads of the peer benchmark: a space, a sequence of selections, and sizes, the same for both sides.
import { fileURLToPath } from 'node:url';
import { randomStream } from '#core/random';
import { readNetwork, readSpace } from '#networks/space/parse';
import { asSpace } from '#networks/space/print';
import { readRefinement, refine } from '#networks/space/refine';
import { close, isFilterChoice, useOption } from '#networks/space/space';
import { findRefinement, findSpace } from '#networks/zoo/shipped';

/** Steps after which the sequence of selections repeats; both sides' losses must agree over as many steps. */
export const cycle = 20;

/** Architectures per step, each on a separate batch. */
const samples = 2;
const peakPer256 = 0.165; // default of a search config, with the optimizer and L2 below
// Above this rate the deep networks of c and e are chaotic: a change of 1e-7 in the initial weights, on either side
// alone, grows tenfold at each step, and no agreement is possible. Times do not depend on the rate.
const deepPeakPer256 = 0.001;
const warmupSteps = 10; // 0.025 of 400 steps
const optimizer = { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 };
const l2 = 4e-5;

const cifar = () => readSpace(fileURLToPath(new URL('cifar.coarse.yaml', import.meta.url)));
const at128 = (frame) => ({ ...frame, input: { ...frame.input, resolution: 128 } });

const recipes = {
  a: { title: 'tiny coarse space, 28x28x1', batch: 128, space: () => readSpace(findSpace('tiny.coarse')) },
  b: { title: 'CIFAR-sized coarse space, 32x32x3', batch: 128, space: cifar },
  c: {
    title: 'medium coarse space, 128x128x3',
    batch: 16,
    space: () => at128(readSpace(findSpace('mnv4-conv-m.coarse'))),
    isDeep: true,
  },
  d: { title: 'fine stage of b', batch: 128, space: fineOfCifar },
  'd-warmup': { title: 'fine stage of b, all ops on', batch: 128, space: fineOfCifar, allOn: true },
  e: {
    title: 'Conv-S alone, 128x128x3',
    batch: 32, // two halves of one batch of 64
    network: () => at128(readNetwork(findSpace('mnv4-conv-s'))),
    isDeep: true,
  },
  f: { title: 'validation pass of b', batch: 512, space: cifar, isHeldOut: true },
};

export const workloadNames = Object.keys(recipes);

/**
 * A workload by name.
 *
 * `batch` counts the images of a sample. With a `network` (`isOneModel`) the samples of a step are the micro-batches of
 * one batch for it, which a single process of the other side takes at once when it is timed. `isHeldOut`: forward only.
 */
export function workload(name) {
  const {
    title,
    batch,
    network: readOne,
    space: readMany,
    isDeep = false,
    allOn = false,
    isHeldOut = false,
  } = recipes[name];
  const network = readOne?.();
  const space = network === undefined ? readMany() : asSpace(network); // a closed space has no choices
  const learningRate = ((isDeep ? deepPeakPer256 : peakPer256) * batch * samples) / 256;
  const sequence = selections(name, space, allOn);
  return {
    name,
    title,
    batch,
    samples,
    isOneModel: network !== undefined,
    isHeldOut,
    network,
    space,
    sequence,
    optimizer,
    l2,
    learningRate,
    warmupSteps,
  };
}

/** The same architectures in steps of `samples`, each on `batch` images. */
export function regrouped(given, samples, batch) {
  const all = given.sequence.flat();
  const sequence = Array.from({ length: all.length / samples }, (_, i) => all.slice(i * samples, (i + 1) * samples));
  return { ...given, samples, batch, sequence };
}

/** The learning rate `since` steps after the start: linear warm-up, then constant. */
export function rateAt({ learningRate, warmupSteps }, since) {
  return learningRate * Math.min(1, (since + 1) / warmupSteps);
}

/** Images in one step. */
export function imagesPerStep({ batch, samples }) {
  return batch * samples;
}

function selections(name, space, allOn) {
  const random = randomStream(`peer/${name}/selections`);
  const isOn = space.choices.map((choice) => allOn && !isFilterChoice(choice));
  const draw = () => ({ decisions: space.choices.map(({ options }) => random.below(options.length)), allOn: isOn });
  return Array.from({ length: cycle }, () => Array.from({ length: samples }, draw));
}

/** The fine space of b's network with all blocks and the second largest of each width. */
function fineOfCifar() {
  const coarse = cifar();
  const decisions = coarse.choices.map((choice) => (isFilterChoice(choice) ? choice.options.length - 2 : useOption));
  return refine(close(coarse, decisions), readRefinement(findRefinement('uib.refine')));
}
