/**
 * Schedule of a search's controller: two warm-ups that fade out, a delay without learning, then a learning rate that
 * grows. TuNAS (Bender et al. 2020), released defaults.
 */
import { Failure } from '#core/failure';
import type { Warmup } from './sample.js';

export interface ScheduleSettings {
  readonly steps: number;
  /** Shares of the steps over which op and filter warm-up fade out. */
  readonly warmup: Warmup;
  /** Share of the steps before the controller learns. */
  readonly delay: number;
  /** Factor by which the learning rate grows from the first step that learns to the last. */
  readonly growth: number;
  /** The first learning rate, or the distance that a logit can move in the search: the sum of the learning rates. */
  readonly rate: { readonly learningRate: number } | { readonly logitTravel: number };
}

/** The settings in steps, with the rate in both forms. */
export interface Schedule {
  readonly steps: number;
  readonly warmupSteps: Warmup;
  readonly delaySteps: number;
  readonly growth: number;
  readonly learningRate: number;
  readonly logitTravel: number;
}

export const defaultShares = { warmup: { op: 0.25, filter: 0.25 }, delay: 0.25, growth: 10 } as const;

/**
 * The logitTravel below which a policy stays nearly uniform; with 20 to 60 it settles. Origin: simulations with 16
 * choices of 4 options over 400 steps.
 */
export const leastLogitTravel = 5;

/**
 * Returns TuNAS's released default: 0.0003 per 256 images of the training batch. It is meant for about 27,000 steps of
 * batch 4096.
 */
export function referenceLearningRate(batch: number): number {
  return (0.0003 * batch) / 256;
}

/** Returns the problems with the settings, each with its path in them. */
export function scheduleProblems({ steps, warmup, delay }: ScheduleSettings): { path: string[]; message: string }[] {
  const delaySteps = Math.floor(delay * steps);
  const tooLong = (['op', 'filter'] as const).flatMap((kind) => {
    const end = Math.floor(warmup[kind] * steps);
    const message = `expected a warm-up that ends within the delay of ${delaySteps} steps; got one of ${end} steps`;
    return end > delaySteps ? [{ path: ['warmup', kind], message }] : [];
  });
  const message = `expected a delay that leaves steps to learn in; got ${delaySteps} of ${steps} steps`;
  return delaySteps >= steps ? [...tooLong, { path: ['delay'], message }] : tooLong;
}

/** Returns the schedule of a search; settings that contradict each other are a config failure. */
export function schedule(settings: ScheduleSettings): Schedule {
  const problems = scheduleProblems(settings);
  if (problems.length > 0) {
    throw new Failure(
      'config',
      problems.map(({ path, message }) => ({ path: path.join('.'), message })),
    );
  }
  const { steps, warmup, delay, growth, rate } = settings;
  const warmupSteps = { op: Math.floor(warmup.op * steps), filter: Math.floor(warmup.filter * steps) };
  const frame = { steps, warmupSteps, delaySteps: Math.floor(delay * steps), growth };
  const unitTravel = logitTravelAt({ ...frame, learningRate: 1 });
  const learningRate = 'logitTravel' in rate ? rate.logitTravel / unitTravel : rate.learningRate;
  return { ...frame, learningRate, logitTravel: learningRate * unitTravel };
}

/**
 * Returns the probabilities of replacing a choice at a step; each falls linearly from 1 at step 0 to 0 at the end of
 * its warm-up.
 */
export function warmupAt({ warmupSteps }: Schedule, step: number): Warmup {
  const probability = (end: number) => (step < end ? 1 - step / end : 0);
  return { op: probability(warmupSteps.op), filter: probability(warmupSteps.filter) };
}

/** Returns the rate at a step: 0 in the delay, then exponential from `learningRate` to `growth` times it at the last. */
export function learningRateAt(plan: Omit<Schedule, 'logitTravel'>, step: number): number {
  const { steps, delaySteps, growth, learningRate } = plan;
  if (step < delaySteps) return 0;
  return learningRate * growth ** ((step - delaySteps) / Math.max(1, steps - 1 - delaySteps));
}

/** Returns the sum of a search's learning rates: with beta1 = 0 Adam moves a logit by about the rate in each step. */
function logitTravelAt(plan: Omit<Schedule, 'logitTravel'>): number {
  let logitTravel = 0;
  for (let step = plan.delaySteps; step < plan.steps; step++) logitTravel += learningRateAt(plan, step);
  return logitTravel;
}
