/**
 * Records a search: scalars of an interval in the event log, logits in the policy log, both for TensorBoard, every step's
 * architectures in the sample log, its state in checkpoints.
 */
import type { RandomState } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import type { CostProgress, Progress } from '#jobs/observer';
import type { SampleLine, SearchEvent } from '#jobs/runs/run-events';
import {
  logSink,
  progressSink,
  type RecordedInterval,
  type RecordedSteps,
  type StepInterval,
  tensorBoardSink,
  usageFields,
} from '#jobs/step-recorder';
import { entropy } from '#tasks/search/controller/policy';
import { baselineValue, type ControllerState } from '#tasks/search/controller/reinforce';
import type { CostTerm } from '#tasks/search/controller/reward';
import type { SearchStep } from '#tasks/search/loop';
import { type PolicyCost, policyCosts } from '#tasks/search/policy-costs';
import { type SearchParts, weightRate } from '#tasks/search/ports';
import { measuredStep } from '#tasks/search/prediction/quality-model';
import { policyHistograms } from './policy-histograms.js';
import type { StageTask } from './stage-task.js';

/** The state of a search except its tensors, as stored in checkpoints. */
export interface SearchState {
  readonly controller: ControllerState;
  readonly random: RandomState;
}

export function recordedSteps(parts: SearchParts): RecordedSteps<SearchStep, SearchEvent> {
  const { task, train, random, observer } = parts;
  const { steps, logEvery, checkpointEvery, batch, samplesPerStep } = task.settings;
  return {
    steps,
    logEvery,
    checkpointEvery,
    imagesPerStep: batch * samplesPerStep,
    rateName: 'weights.learningRate',
    waitMs: train.waitMs,
    figures: (step) => figuresOf(step, task.targets),
    state: ({ state }) => ({ controller: state, random: random.state() }) satisfies SearchState,
    score: ({ state }) => baselineValue(state.baseline),
    event: (interval) => eventOf(parts, interval),
    everyStep: (run, from) => {
      const log = run.openLog('samples', from);
      return (step) => log.append(sampleLine(step, task.targets));
    },
    sinks: (run, from) => [
      logSink(run.openLog('events', from), ({ event }) => event),
      logSink(run.openLog('policy', from), ({ done, step }) => ({ step: done, logits: logitsByPath(step.state) })),
      tensorBoardSink(run.openTensorBoardLog(from), ({ step }) => policyHistograms(step.state.policy)),
      progressSink(observer, (interval) => progressOf(task, interval)),
    ],
  };
}

/** Returns the step's figures by name, each the mean over its architectures; a cost has its own name. */
function figuresOf({ loss, outcomes }: SearchStep, targets: StageTask['targets']): Record<string, number> {
  const mean = (value: (outcome: SearchStep['outcomes'][number]) => number) => meanOf(outcomes.map(value));
  const costs = targets.map(({ name }, i) => [name, mean(({ costs }) => (costs[i] as CostTerm).value)]);
  return {
    loss,
    quality: mean(({ quality }) => quality),
    reward: mean(({ reward }) => reward),
    ...Object.fromEntries(costs),
  };
}

function sampleLine({ step, outcomes }: SearchStep, targets: StageTask['targets']): SampleLine {
  const costs = targets.map(({ name }, i) => [name, outcomes.map(({ costs }) => (costs[i] as CostTerm).value)]);
  return {
    step: step + 1,
    ...measuredStep(outcomes),
    costs: Object.fromEntries(costs),
  };
}

/** Returns each cost by name: `value`, the mean over the sampled architectures, the policy's costs and the target. */
function costsOf(parts: SearchParts, { step, done, summary }: StepInterval<SearchStep>) {
  const ofPolicy = policyCosts(parts, step.state.policy, done);
  const costs = parts.task.targets.map(({ name, target }, i) => {
    return [name, { value: summary.means[name] as number, ...(ofPolicy[i] as PolicyCost), target }] as const;
  });
  return Object.fromEntries(costs);
}

function eventOf(parts: SearchParts, interval: StepInterval<SearchStep>): SearchEvent {
  const { step, done, summary } = interval;
  const { loss, quality, reward } = summary.means as Record<'loss' | 'quality' | 'reward', number>;
  const { policy, baseline } = step.state;
  const { mean, relative } = entropy(policy);
  return {
    step: done,
    loss,
    quality,
    reward,
    costs: costsOf(parts, interval),
    baseline: baselineValue(baseline),
    entropy: mean,
    relativeEntropy: relative,
    ...usageFields(summary),
    rates: { weights: weightRate(parts.task.settings)(step.step), controller: step.learningRate },
  };
}

function progressOf(
  { stage, settings: { steps } }: StageTask,
  { event, summary: { secondsLeft } }: RecordedInterval<SearchStep, SearchEvent>,
): Progress {
  const { step, loss, quality, reward, imagesPerSecond, dataWait } = event;
  const costs = Object.entries(event.costs).map(([name, cost]) => ({ name, ...cost }) as CostProgress);
  return { stage, step, steps, loss, quality, reward, costs, imagesPerSecond, dataWait, secondsLeft };
}

function logitsByPath({ policy }: ControllerState): Record<string, readonly number[]> {
  return Object.fromEntries(policy.choices.map(({ path }, i) => [path, policy.logits[i] as readonly number[]]));
}
