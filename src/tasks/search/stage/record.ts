/** What a run folder keeps of the steps: means over an interval as events, the state as checkpoints; the observer hears. */

import type { RandomState } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import { requireFinite, requireFiniteTensors } from '#jobs/divergence';
import { type IntervalSummary, type IntervalValues, startInterval } from '#jobs/meter';
import type { CostProgress } from '#jobs/observer';
import { saveCheckpoint } from '#jobs/runs/checkpoint';
import type { Keeper } from '#jobs/step-recorder';
import { entropy, type Policy } from '#tasks/search/controller/policy';
import { baselineValue, type ControllerState } from '#tasks/search/controller/reinforce';
import type { CostTerm } from '#tasks/search/controller/reward';
import type { SearchStep } from '#tasks/search/loop';
import { type PolicyCost, policyCosts } from '#tasks/search/policy-costs';
import { weightRate } from '#tasks/search/ports';
import type { SearchParts, StageRequest } from './stage-request.js';

/** What a checkpoint holds beside the tensors. */
export interface SavedSearch {
  readonly controller: ControllerState;
  readonly random: RandomState;
  /** What the next event has so far. */
  readonly interval?: IntervalValues;
}

const rateName = 'weights.learningRate';

export function keepInRun(
  { run, observer, clock }: Pick<StageRequest, 'run' | 'observer' | 'clock'>,
  parts: SearchParts,
  from: number,
  before?: IntervalValues,
): Keeper<SearchStep> {
  const { settings, targets, train, supernet, random } = parts;
  const { steps } = settings;
  const events = run.openLog('events', from);
  const policies = run.openLog('policy', from);
  const interval = startInterval(clock, train.waitMs, before);
  const rate = weightRate(settings);
  return {
    add(search) {
      requireFinite([search.loss, ...search.outcomes.map(({ reward }) => reward)], search.step + 1, rateName);
      interval.add(stepValues(search, targets), settings.batch * settings.samplesPerStep);
    },
    log({ step, state, learningRate }) {
      const done = step + 1;
      const summary = interval.close(steps - done);
      const rates = { weights: rate(step), controller: learningRate };
      const costs = costFields(parts, summary, state.policy, done);
      events.append({ step: done, ...eventFields(parts, summary, state, costs), rates });
      policies.append({ step: done, logits: logitsByPath(state) });
      observer.progress(progressFields(parts, done, summary, costs));
    },
    checkpoint({ step, state }) {
      const done = step + 1;
      const tensors = supernet.save();
      requireFiniteTensors(tensors, done, rateName);
      saveCheckpoint(run, {
        step: done,
        tensors,
        state: { controller: state, random: random.state(), interval: interval.values() } satisfies SavedSearch,
        score: baselineValue(state.baseline),
      });
      run.progress(done);
    },
  };
}

/** The step's figures by name, each the mean over its architectures; a cost under its own name. */
function stepValues({ loss, outcomes }: SearchStep, targets: SearchParts['targets']): Record<string, number> {
  const mean = (value: (outcome: SearchStep['outcomes'][number]) => number) => meanOf(outcomes.map(value));
  const costs = targets.map(({ name }, i) => [name, mean(({ costs }) => (costs[i] as CostTerm).value)]);
  return {
    loss,
    quality: mean(({ quality }) => quality),
    reward: mean(({ reward }) => reward),
    ...Object.fromEntries(costs),
  };
}

/** Each cost by name: `value`, the mean over the architectures sampled, and the policy's beside the target. */
function costFields(parts: SearchParts, { means }: IntervalSummary, policy: Policy, step: number): CostProgress[] {
  const ofPolicy = policyCosts(parts, policy, step);
  return parts.targets.map(({ name, target }, i) => ({
    name,
    value: means[name] as number,
    ...(ofPolicy[i] as PolicyCost),
    target,
  }));
}

function eventFields(
  { supernet }: SearchParts,
  summary: IntervalSummary,
  state: ControllerState,
  costs: readonly CostProgress[],
) {
  const { means, imagesPerSecond, dataWait } = summary;
  const { loss, quality, reward } = means as Record<'loss' | 'quality' | 'reward', number>;
  const { mean, relative } = entropy(state.policy);
  return {
    loss,
    quality,
    reward,
    costs: Object.fromEntries(costs.map(({ name, ...cost }) => [name, cost])),
    baseline: baselineValue(state.baseline),
    entropy: mean,
    relativeEntropy: relative,
    imagesPerSecond,
    dataWait,
    memoryMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    tensors: supernet.tensorsAlive(),
  };
}

function progressFields(
  { stage, settings }: SearchParts,
  step: number,
  summary: IntervalSummary,
  costs: readonly CostProgress[],
) {
  const { means, imagesPerSecond, dataWait, secondsLeft } = summary;
  const { loss, quality, reward } = means as Record<'loss' | 'quality' | 'reward', number>;
  return { stage, step, steps: settings.steps, loss, quality, reward, costs, imagesPerSecond, dataWait, secondsLeft };
}

function logitsByPath({ policy }: ControllerState): Record<string, readonly number[]> {
  return Object.fromEntries(policy.choices.map(({ path }, i) => [path, policy.logits[i] as readonly number[]]));
}
