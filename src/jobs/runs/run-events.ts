/**
 * The lines of a run's logs: an event at the end of each interval of steps in `events.jsonl`, and with it, in a search, the
 * controller's logits in `policy.jsonl`. Figures of an event are means over its interval.
 */
import { z } from 'zod';
import { integer, quantity } from '#core/documents/conform';
import { costsSchema } from './run-result.js';

const number = quantity('a number');

/** Number of finished steps. */
const step = integer('a number of steps', 0);

/** How fast the interval was, and what the process holds at its end. */
const machine = {
  imagesPerSecond: number,
  /** Share of the time spent waiting for data. */
  dataWait: number,
  /** Resident memory of worker 0 in MiB. */
  memoryMb: number,
  /** Tensors alive. */
  tensors: number,
};

export const searchEventSchema = z.object(
  {
    step,
    loss: number,
    quality: number,
    reward: number,
    costs: costsSchema,
    /** Moving average of the rewards, from which advantages are counted. */
    baseline: number,
    /** Entropy of the policy in nats, the mean over the choices. */
    entropy: number,
    /** Entropy as a share of that of the uniform policy. */
    relativeEntropy: number,
    ...machine,
    /** Learning rates at the interval's last step. */
    rates: z.object({ weights: number, controller: number }, { error: 'two learning rates' }),
  },
  { error: 'a mapping' },
);

export const trainingEventSchema = z.object({ step, loss: number, learningRate: number, ...machine });

export const policyLineSchema = z.object({
  step,
  /** The logits of each choice, by its path. */
  logits: z.record(z.string(), z.array(number).readonly()),
});

export type SearchEvent = Readonly<z.output<typeof searchEventSchema>>;
export type TrainingEvent = Readonly<z.output<typeof trainingEventSchema>>;
export type PolicyLine = Readonly<z.output<typeof policyLineSchema>>;

/** By the name of a log, what its lines are. */
export interface LogLines {
  readonly events: SearchEvent | TrainingEvent;
  readonly policy: PolicyLine;
}

/** What is shown of the last event of either kind while a run goes on. */
export const eventFiguresSchema = searchEventSchema
  .pick({ quality: true, costs: true, reward: true, entropy: true })
  .partial();
