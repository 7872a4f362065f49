/**
 * The lines of a run's logs. At the end of each interval of steps, an event is appended to `events.jsonl` and, in a
 * search, the controller's logits to `policy.jsonl`. The figures of an event are means over its interval. A search also
 * appends every step's architectures to `samples.jsonl`.
 */
import { z } from 'zod';
import { integer, quantity } from '#core/documents/conform';
import { costsSchema } from './run-result.js';

const number = quantity('a number');

/** Number of finished steps. */
const step = integer('a number of steps', 0);

/** Speed of the interval, and memory and tensors at its end. */
const machine = {
  imagesPerSecond: number,
  /** Share of the time spent waiting for data. */
  dataWait: number,
  /** Resident memory of worker 0 in MiB. */
  memoryMb: number,
  /** Number of live tensors. */
  tensors: number,
};

export const searchEventSchema = z.object(
  {
    step,
    loss: number,
    quality: number,
    reward: number,
    costs: costsSchema,
    /** Moving average of the rewards, subtracted from them to get advantages. */
    baseline: number,
    /** Entropy of the policy in nats, averaged over the choices. */
    entropy: number,
    /** Entropy as a share of the uniform policy's. */
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

/** The architectures that one step sampled, in the order in which they were drawn. */
export const sampleLineSchema = z.object({
  step,
  decisions: z.array(z.array(integer('the number of an option', 0)).readonly()).readonly(),
  /** Quality of each on the step's validation batch, with the weights after the step. */
  qualities: z.array(number).readonly(),
  /** Each cost of each, by its name. */
  costs: z.record(z.string(), z.array(number).readonly()),
  /** True where the warm-up had all options of an op on: what was measured is not the architecture alone. */
  mixed: z.array(z.boolean()).readonly(),
});

export type SearchEvent = Readonly<z.output<typeof searchEventSchema>>;
export type TrainingEvent = Readonly<z.output<typeof trainingEventSchema>>;
export type PolicyLine = Readonly<z.output<typeof policyLineSchema>>;
export type SampleLine = Readonly<z.output<typeof sampleLineSchema>>;

/** The type of the lines of each log, by its name. */
export interface LogLines {
  readonly events: SearchEvent | TrainingEvent;
  readonly policy: PolicyLine;
  readonly samples: SampleLine;
}

/** The figures of the last event, of either kind, that are shown while a run is in progress. */
export const eventFiguresSchema = searchEventSchema
  .pick({ quality: true, costs: true, reward: true, entropy: true })
  .partial();
