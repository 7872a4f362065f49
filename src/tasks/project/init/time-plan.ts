/** Divides the time of a user among the phases of a search, a pure function of the images and measured speeds. */

/** Measured times on this machine, in ms. */
export interface Speeds {
  /** One image in a training step of the teacher. */
  readonly teacherMs: number;
  /** One image in a forward pass of a network of the search. */
  readonly networkMs: number;
  /** Decoding and resizing one image. */
  readonly loadMs: number;
}

export interface TimeRequest {
  /** Train images of the source, and those of them that become the validation split. */
  readonly images: number;
  readonly validation: number;
  readonly test: number;
  /** Images per step and architecture, and images that a sampled architecture is evaluated on. */
  readonly batch: number;
  readonly validationBatch: number;
  /** Bytes of an image. */
  readonly imageBytes: number;
  readonly hours: number;
}

export interface TimePlan {
  readonly teacherEpochs: number;
  readonly replicas: number;
  readonly coarseSteps: number;
  readonly fineSteps: number;
  /** Epochs of the final training, over the labelled images. */
  readonly finalEpochs: number;
  /** Seconds of each phase. */
  readonly seconds: { readonly [Phase in PlannedPhase]: number };
}

export type PlannedPhase = 'teacher' | 'dataset' | 'coarse' | 'fine' | 'train';

const used = 0.9; // share of the time that is planned; the rest is for the unforeseen
const shares = { teacher: 0.12, dataset: 0.05, coarse: 0.2, fine: 0.25, train: 0.38 };
const samplesPerStep = 2;
const candidates = 16;
const forwardPasses = 3; // in a training step
const mostBytes = 2 ** 32; // of a set

/** The least and the most that a phase gets: less finds nothing, more gains little. */
const bounds = {
  teacherEpochs: [4, 60],
  coarseSteps: [100, 2000],
  fineSteps: [150, 3000],
  finalEpochs: [6, 200],
  replicas: [1, 16],
} as const;

export function planTime(request: TimeRequest, { teacherMs, networkMs, loadMs }: Speeds): TimePlan {
  const { images, validation, test, batch, validationBatch, imageBytes, hours } = request;
  const train = images - validation;
  const msFor = (phase: PlannedPhase) => shares[phase] * used * hours * 3.6e6;
  const finalMs = images * (forwardPasses * networkMs + loadMs); // of an epoch
  const labelMs = loadMs + teacherMs / forwardPasses;
  const stepMs = samplesPerStep * (forwardPasses * batch + validationBatch) * networkMs;
  const conclusionMs = candidates * (validation + statisticsBatches * batch) * networkMs;

  const teacherEpochs = within(bounds.teacherEpochs, Math.floor(msFor('teacher') / (images * teacherMs)));
  const finalEpochs = within(bounds.finalEpochs, Math.floor(msFor('train') / finalMs));
  const rows = Math.min(msFor('dataset') / labelMs - validation - test, mostBytes / imageBytes);
  const replicas = within(bounds.replicas, Math.floor(Math.min(rows / train, finalEpochs / 2)));
  const coarseSteps = within(bounds.coarseSteps, tidy((msFor('coarse') - conclusionMs) / stepMs));
  const fineSteps = within(bounds.fineSteps, tidy((msFor('fine') - conclusionMs) / stepMs));
  const seconds = {
    teacher: (teacherEpochs * images * teacherMs) / 1000,
    dataset: ((train * replicas + validation + test) * labelMs) / 1000,
    coarse: (coarseSteps * stepMs + conclusionMs) / 1000,
    fine: (fineSteps * stepMs + conclusionMs) / 1000,
    train: (finalEpochs * finalMs) / 1000,
  };
  return { teacherEpochs, replicas, coarseSteps, fineSteps, finalEpochs, seconds };
}

export const statisticsBatches = 10;

function within([least, most]: readonly [number, number], value: number): number {
  return Math.min(most, Math.max(least, value));
}

/** A number of steps rounded down to a multiple of 10. */
function tidy(steps: number): number {
  return 10 * Math.floor(steps / 10);
}

export function totalSeconds({ seconds }: TimePlan): number {
  return Object.values(seconds).reduce((sum, value) => sum + value, 0);
}
