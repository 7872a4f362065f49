/** One stage of a search in its run folder: begun or resumed, run to its end, its winner chosen, judged and written. */
import { learningRateAt, schedule, warmupAt } from '../controller/schedule.js';
import { baselineValue, type ControllerState, startController } from '../controller/reinforce.js';
import { type CostTerm, defaultBeta } from '../controller/reward.js';
import { entropy } from '../controller/policy.js';
import { sample } from '../controller/sample.js';
import { Failure } from '../core/failure.js';
import { startInterval } from '../core/interval.js';
import type { Observer } from '../core/observer.js';
import { type Random, type RandomState, randomStream, restoreRandom } from '../core/random.js';
import { meanOf } from '../core/scoring.js';
import { costTable } from '../cost/cost-table.js';
import type { CostTarget } from '../cost/target.js';
import type { DistillationSet } from '../data/distillation-set.js';
import { batches } from '../data/loader.js';
import { prefetched } from '../data/prefetch.js';
import { backend } from '../nn/backend.js';
import { warmupCosine } from '../nn/schedule.js';
import { loadLatestCheckpoint, saveCheckpoint } from '../runs/checkpoint.js';
import type { Run } from '../runs/run-folder.js';
import type { Decisions, Space } from '../space/space.js';
import { SuperNet } from '../supernet/supernet.js';
import { batchQuality } from './batch-quality.js';
import { type StageName, type StageSettings, scheduleSettings } from './config.js';
import { controllerChoices } from './controller-choices.js';
import type { Judge } from './judge.js';
import { searchLoop, type SearchStep } from './loop.js';
import { concludeStage, type StageOutcome } from './conclude.js';

export interface StageRequest {
  readonly stage: StageName;
  readonly space: Space;
  readonly settings: StageSettings;
  readonly targets: readonly CostTarget[];
  readonly set: DistillationSet;
  readonly seed: number;
  readonly run: Run;
  readonly observer: Observer;
  /** Asked after every step; yes ends the stage with a checkpoint and a failure of kind `stopped`. */
  readonly shouldStop: () => boolean;
  /** Milliseconds; only speeds and times are made of it. */
  readonly clock: () => number;
}

/** What a checkpoint holds beside the tensors. */
interface SavedSearch {
  readonly controller: ControllerState;
  readonly random: RandomState;
}

/** Runs the stage, or what is left of it. */
export async function runStage(request: StageRequest): Promise<StageOutcome> {
  const { stage, space, settings, set, seed, run, observer } = request;
  const stream = `${seed}/${stage}`;
  const { optimizer, l2 } = settings.weights;
  const supernet = new SuperNet(space, { seed: stream, optimizer, l2 });
  try {
    const saved = loadLatestCheckpoint(run, observer.warn);
    if (saved !== undefined) supernet.restore(saved.tensors);
    const state = saved?.state as SavedSearch | undefined;
    const random = state === undefined ? randomStream(`${stream}/controller`) : restoreRandom(state.random);
    const start = state?.controller ?? startController(controllerChoices(space), settings.controller.temperature);
    const from = saved?.step ?? 0;
    if (from > 0) observer.note(`${run.id}: going on after step ${from} of ${settings.steps}`);
    const costs = costTerms(space, request.targets);
    const train = prefetched(batches(set.split('train'), { seed: stream, batch: settings.batch }));
    const end = await search({ ...request, supernet, random, costs, train }, start, from);
    const judgeWith: Judge = {
      supernet,
      held: set.split('held'),
      train,
      statisticsBatches: settings.statisticsBatches,
      quality: settings.quality,
      reward: settings.reward,
      costs,
    };
    return await concludeStage({ ...request, judgeWith, state: end, stream });
  } finally {
    supernet.dispose();
  }
}

/** The costs of decisions beside their targets, from one table. */
function costTerms(space: Space, targets: readonly CostTarget[]): (decisions: Decisions) => CostTerm[] {
  const table = costTable(
    space,
    targets.map(({ spec }) => spec),
  );
  return (decisions) => {
    const values = table.evaluate(decisions);
    return targets.map(({ target, beta }, i) => ({ value: values[i] as number, target, beta: beta ?? defaultBeta }));
  };
}

interface SearchParts extends StageRequest {
  readonly supernet: SuperNet;
  readonly random: Random;
  readonly costs: (decisions: Decisions) => readonly CostTerm[];
  readonly train: ReturnType<typeof prefetched>;
}

/** The loop with its ports made of real parts. */
async function search(parts: SearchParts, start: ControllerState, from: number): Promise<ControllerState> {
  const { supernet, settings, set, train, stage, seed, random, costs } = parts;
  const { steps, samplesPerStep, weights, quality } = settings;
  const plan = schedule(scheduleSettings(settings));
  const weightRate = warmupCosine(weights.learningRate, steps, Math.round(weights.warmup * steps));
  const held = prefetched(batches(set.split('held'), { seed: `${seed}/${stage}`, batch: settings.heldBatch }));
  const count = Array.from({ length: samplesPerStep }, (_, k) => k);
  const record = recorder(parts, weightRate, from);
  return searchLoop(
    start,
    {
      from,
      steps,
      reward: settings.reward,
      learningRate: (step) => learningRateAt(plan, step),
      entropyBonus: settings.controller.entropyBonus,
    },
    {
      samples: (policy, step) => count.map(() => sample(policy, random, warmupAt(plan, step))),
      trainStep: (samples, step) => {
        const own = samples.map((_, k) => train.at(step * samplesPerStep + k));
        return supernet.trainStep(samples, own, step, weightRate(step));
      },
      quality: (selection, step) => {
        const batch = held.at(step);
        return batchQuality(quality, supernet.logits(selection, batch), batch);
      },
      costs: ({ decisions }) => costs(decisions),
      record,
    },
  );
}

/** Writes events and checkpoints, tells the observer, and stops on request once the state is saved. */
function recorder(parts: SearchParts, weightRate: (step: number) => number, from: number) {
  const { run, settings, observer, stage, targets, supernet, random, train, clock } = parts;
  const { steps, samplesPerStep, batch } = settings;
  const events = run.openLog('events', from);
  const policies = run.openLog('policy', from);
  const interval = startInterval(clock, train.waitMs);
  return async ({ step, loss, learningRate, outcomes, state }: SearchStep): Promise<boolean> => {
    const done = step + 1;
    const means = (value: (outcome: SearchStep['outcomes'][number]) => number) => meanOf(outcomes.map(value));
    const costs = Object.fromEntries(targets.map(({ name }, i) => [name, means((o) => (o.costs[i] as CostTerm).value)]));
    interval.add(
      { loss, quality: means((o) => o.quality), reward: means((o) => o.reward), ...costs },
      batch * samplesPerStep,
    );
    await new Promise(setImmediate); // signals are seen here
    const isStopping = parts.shouldStop() && done < steps;
    if (done % settings.logEvery === 0 || done === steps || isStopping) {
      const { means: values, imagesPerSecond, dataWait, secondsLeft } = interval.close(steps - done);
      const { mean, relative } = entropy(state.policy);
      const rates = { weights: weightRate(step), controller: learningRate };
      const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
      const speed = { imagesPerSecond, dataWait, memoryMb, tensors: backend().tensorsAlive() };
      const policy = { baseline: baselineValue(state.baseline), entropy: mean, relativeEntropy: relative };
      events.append({ step: done, ...values, ...policy, rates, ...speed });
      policies.append({ step: done, logits: logitsByPath(state) });
      const { loss, quality, reward } = values as { loss: number; quality: number; reward: number };
      const shownCosts = targets.map(({ name, target }) => ({ name, value: values[name] as number, target }));
      observer.progress({ stage, step: done, steps, loss, quality, reward, costs: shownCosts, imagesPerSecond, dataWait, secondsLeft });
    }
    if (done % settings.checkpointEvery === 0 || done === steps || isStopping) {
      saveCheckpoint(run, { step: done, tensors: supernet.save(), state: { controller: state, random: random.state() } });
      run.progress(done);
    }
    if (isStopping) throw new Failure('stopped', `stopped on request after step ${done} of ${steps}`, 'run the same command again to go on');
    return true;
  };
}

function logitsByPath({ policy }: ControllerState): Record<string, readonly number[]> {
  return Object.fromEntries(policy.choices.map(({ path }, i) => [path, policy.logits[i] as readonly number[]]));
}
