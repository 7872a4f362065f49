/** One stage of a search: begun or resumed, its loop given real parts, run to its end, and concluded. */
import { type ControllerState, startController } from '../controller/reinforce.js';
import { type CostTerm, defaultBeta } from '../controller/reward.js';
import { sample } from '../controller/sample.js';
import { learningRateAt, schedule, warmupAt } from '../controller/schedule.js';
import { type RandomState, randomStream, restoreRandom } from '../core/random.js';
import { warmupCosine } from '../core/schedule.js';
import { type CostTarget, targetTable } from '../cost/target.js';
import { batches } from '../data/loader.js';
import { prefetched } from '../data/prefetch.js';
import { loadLatestCheckpoint } from '../runs/checkpoint.js';
import type { Decisions, Space } from '../space/space.js';
import { SuperNet } from '../supernet/supernet.js';
import { oneProcess, shareOf } from '../workers/collective.js';
import { batchQuality } from './batch-quality.js';
import { concludeStage, type StageOutcome } from './conclude.js';
import { scheduleSettings } from './config.js';
import { controllerChoices } from './controller-choices.js';
import type { Judge } from './judge.js';
import { searchLoop } from './loop.js';
import { stepRecorder } from './record.js';
import type { SearchParts, StageRequest } from './stage-request.js';

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
    const end = await search({ ...request, supernet, random, costs, train, collective: oneProcess }, start, from);
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
  const table = targetTable(space, targets);
  return (decisions) => {
    const values = table.evaluate(decisions);
    return targets.map(({ target, beta }, i) => ({ value: values[i] as number, target, beta: beta ?? defaultBeta }));
  };
}

/** The loop with its ports made of real parts. */
async function search(parts: SearchParts, start: ControllerState, from: number): Promise<ControllerState> {
  const { supernet, settings, set, train, stage, seed, random, costs, collective } = parts;
  const { steps, samplesPerStep, weights, quality } = settings;
  const plan = schedule(scheduleSettings(settings));
  const weightRate = warmupCosine(weights.learningRate, steps, Math.round(weights.warmup * steps));
  const held = prefetched(batches(set.split('held'), { seed: `${seed}/${stage}`, batch: settings.heldBatch }));
  const count = Array.from({ length: samplesPerStep }, (_, k) => k);
  const record = stepRecorder(parts, weightRate, from);
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
        const own = shareOf(collective, samples);
        const images = own.map(({ k }) => train.at(step * samplesPerStep + k));
        const share = { of: samples.length, ...(collective.size > 1 && { sum: collective.sum }) };
        return supernet.trainStep(
          own.map(({ sample }) => sample),
          images,
          step,
          weightRate(step),
          share,
        );
      },
      qualities: (samples, step) => {
        const batch = held.at(step);
        const qualities = new Float32Array(samples.length);
        for (const { sample, k } of shareOf(collective, samples)) {
          qualities[k] = batchQuality(quality, supernet.logits(sample, batch), batch);
        }
        collective.sum(qualities);
        return [...qualities];
      },
      costs: ({ decisions }) => costs(decisions),
      record,
    },
  );
}
