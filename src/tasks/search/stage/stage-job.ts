/** A search stage as a job: starts or resumes its SuperNet and controller, runs the loop and chooses the winner. */
import { randomStream, restoreRandom } from '#core/random';
import { firstBatches } from '#data/sets/batches-in-turn';
import { openParts, type SetPart, type TrainingSet } from '#data/sets/set-mix';
import { type JobKind, serving } from '#jobs/job';
import { stepRecorder } from '#jobs/step-recorder';
import { concludeStage, type StageOutcome } from '#tasks/search/conclusion';
import { scheduleSettings } from '#tasks/search/config/stage-settings';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { startController } from '#tasks/search/controller/reinforce';
import { schedule } from '#tasks/search/controller/schedule';
import { search, searchParts, startSuperNet, trainBatches } from '#tasks/search/ports';
import { largestSelection, superForward } from '#tasks/search/supernet/super-forward';
import type { SuperNet } from '#tasks/search/supernet/supernet';
import { recordedSteps, type SearchState } from './record.js';
import { type StageTask, streamOf } from './stage-task.js';
import { warmStart } from './warm-start.js';

/** The description of a stage that every worker receives. */
export interface StageJob {
  readonly task: StageTask;
  /** The distillation sets. */
  readonly parts: readonly SetPart[];
  /** The folder of the run whose weights a new run starts from, if any. */
  readonly baseRun?: string | undefined;
}

export const stageJob: JobKind<StageJob, TrainingSet, SuperNet, StageOutcome> = {
  module: '#tasks/search/stage/stage-job',
  open: ({ parts }) => openParts(parts),
  learner: ({ task }) => startSuperNet(task),
  largestStep({ task: { space, settings } }) {
    const warmsOps = schedule(scheduleSettings(settings)).warmupSteps.op > 0;
    const forward = superForward(space, largestSelection(space, warmsOps));
    const { batch, weights } = settings;
    return { forward, precision: weights.precision, images: batch, batch, setting: 'search.batch' };
  },
  async warmStart({ task, baseRun }, set, supernet, warn) {
    if (baseRun === undefined) return false;
    await warmStart(supernet, baseRun, firstBatches(trainBatches(task, set), task.settings.statisticsBatches), warn);
    return true;
  },
  async work(worker) {
    const { start, job } = worker;
    const { controller, random } = (start.state as SearchState | undefined) ?? startOf(job.task);
    const parts = searchParts(worker, restoreRandom(random));
    const end = await search(parts, controller, start.from, stepRecorder(worker, recordedSteps(parts)));
    return concludeStage(parts, end, worker.run);
  },
};

export const serve = serving(stageJob);

function startOf(task: StageTask): SearchState {
  const { space, settings } = task;
  return {
    controller: startController(controllerChoices(space), settings.controller.temperature),
    random: randomStream(`${streamOf(task)}/controller`).state(),
  };
}
