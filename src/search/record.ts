/** What is kept of every step: means over an interval as events, the state as checkpoints, a word to the observer. */
import { entropy } from '../controller/policy.js';
import { baselineValue, type ControllerState } from '../controller/reinforce.js';
import type { CostTerm } from '../controller/reward.js';
import { Failure } from '../core/failure.js';
import { type IntervalSummary, startInterval } from '../core/interval.js';
import { meanOf } from '../core/scoring.js';
import { saveCheckpoint } from '../runs/checkpoint.js';
import { requireFinite, requireFiniteTensors } from '../train/divergence.js';
import type { SearchStep } from './loop.js';
import type { SearchParts } from './stage-request.js';

/** Sees each step; once a stop is asked for it saves the state and ends the search with a failure of kind `stopped`. */
export function stepRecorder(parts: SearchParts, weightRate: (step: number) => number, from: number) {
  const { run, settings, targets, train, supernet, random } = parts;
  const { steps } = settings;
  const events = run.openLog('events', from);
  const policies = run.openLog('policy', from);
  const interval = startInterval(parts.clock, train.waitMs);
  return async (search: SearchStep): Promise<boolean> => {
    const { step, state, learningRate } = search;
    const done = step + 1;
    requireFinite([search.loss, ...search.outcomes.map(({ reward }) => reward)], done, 'weights.learningRate');
    interval.add(stepValues(search, targets), settings.batch * settings.samplesPerStep);
    await new Promise(setImmediate); // signals are seen here
    const isStopping = parts.shouldStop() && done < steps;
    const isLast = done === steps || isStopping;
    if (isLast || done % settings.logEvery === 0) {
      const summary = interval.close(steps - done);
      const rates = { weights: weightRate(step), controller: learningRate };
      events.append({ step: done, ...eventFields(parts, summary, state), rates });
      policies.append({ step: done, logits: logitsByPath(state) });
      tell(parts, done, summary);
    }
    if (isLast || done % settings.checkpointEvery === 0) {
      const saved = { controller: state, random: random.state() };
      const tensors = supernet.save();
      requireFiniteTensors(tensors, done, 'weights.learningRate');
      saveCheckpoint(run, { step: done, tensors, state: saved });
      run.progress(done);
    }
    if (!isStopping) return true;
    const where = `stopped on request after step ${done} of ${steps}`;
    throw new Failure('stopped', where, 'run the same command again to go on');
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

function eventFields({ targets, supernet }: SearchParts, summary: IntervalSummary, state: ControllerState) {
  const { means, imagesPerSecond, dataWait } = summary;
  const { loss, quality, reward } = means;
  const { mean, relative } = entropy(state.policy);
  return {
    loss,
    quality,
    reward,
    costs: Object.fromEntries(targets.map(({ name, target }) => [name, { value: means[name], target }])),
    baseline: baselineValue(state.baseline),
    entropy: mean,
    relativeEntropy: relative,
    imagesPerSecond,
    dataWait,
    memoryMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    tensors: supernet.tensorsAlive(),
  };
}

function tell({ stage, settings, targets, observer }: SearchParts, step: number, summary: IntervalSummary): void {
  const { means, imagesPerSecond, dataWait, secondsLeft } = summary;
  const { loss, quality, reward } = means as Record<'loss' | 'quality' | 'reward', number>;
  const costs = targets.map(({ name, target }) => ({ name, value: means[name] as number, target }));
  const { steps } = settings;
  observer.progress({ stage, step, steps, loss, quality, reward, costs, imagesPerSecond, dataWait, secondsLeft });
}

function logitsByPath({ policy }: ControllerState): Record<string, readonly number[]> {
  return Object.fromEntries(policy.choices.map(({ path }, i) => [path, policy.logits[i] as readonly number[]]));
}
