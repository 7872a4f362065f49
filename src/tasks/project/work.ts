/**
 * Times of trainings, stages and builds on a nominal machine. They only compare phases with each other: the rate at which
 * this machine does one phase, relative to the nominal one, predicts the next.
 */
import { randomStream } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import { costTable } from '#networks/cost/cost-table';
import type { Device } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { randomDecisions } from '#networks/space/random-decisions';
import type { Architecture, Space } from '#networks/space/space';
import { candidateCount, type StageSettings } from '#tasks/search/config/stage-settings';

const nominal: Device = {
  kind: 'roofline',
  name: 'nominal',
  peakMacsPerMs: 3.5e7, // one core of the shipped profile host-zen3-1-thread, rounded
  peakBytesPerMs: 9e6,
  bytesPerWeight: 4,
  bytesPerActivation: 4,
  overheadMs: 0.001,
  source: 'a processor core of 2021',
};
const stepFactor = 3; // a training step takes the time of a forward pass three times
const drawn = 200; // architectures

/**
 * Seconds of a training on `images` images, counted over all epochs, and its evaluation on `test` images.
 *
 * @param loadMs  time to load an image; 0 if they are in memory
 */
export function trainingSeconds(network: Architecture, images: number, test: number, loadMs = 0): number {
  return ((stepFactor * images + test) * latencyMs(network, nominal) + images * loadMs) / 1000;
}

/**
 * Seconds in which teachers label `rows` images.
 *
 * @param loadMs  time to load an image
 */
export function buildSeconds(teachers: readonly Architecture[], rows: number, loadMs: number): number {
  const labelMs = teachers.reduce((sum, teacher) => sum + latencyMs(teacher, nominal), 0);
  return (rows * (loadMs + labelMs)) / 1000;
}

/**
 * Seconds of a stage: its steps, then the evaluation of its candidates.
 *
 * @param validation  number of validation images
 */
export function stageSeconds(space: Space, settings: StageSettings, validation: number): number {
  const { steps, batch, samplesPerStep, validationBatch, statisticsBatches, compareRandom } = settings;
  const inSteps = steps * samplesPerStep * (stepFactor * batch + validationBatch);
  const candidates = candidateCount(settings) + compareRandom;
  const atEnd = candidates * (statisticsBatches * batch + validation);
  return ((inSteps + atEnd) * meanLatencyMs(space)) / 1000;
}

/** The mean latency of random architectures, in ms. */
function meanLatencyMs(space: Space): number {
  const random = randomStream('work');
  const table = costTable(space, [{ cost: 'latency', device: nominal }]);
  return meanOf(Array.from({ length: drawn }, () => table.evaluate(randomDecisions(space, random))[0] as number));
}
