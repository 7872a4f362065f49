/** One stage of a search: begun or resumed, run to its end by its workers, and concluded. */

import { type RandomState, randomStream, restoreRandom } from '#core/random';
import { needOf, requireMemory } from '#jobs/memory';
import { type ProfilePlan, profilePlan, profiler } from '#jobs/profile';
import { resumeFromCheckpoint } from '#jobs/runs/checkpoint';
import { stepRecorder } from '#jobs/step-recorder';
import { withComputingTeam } from '#jobs/workers/worker-pool';
import { concludeStage, type StageOutcome } from '#tasks/search/conclusion';
import { scheduleSettings } from '#tasks/search/config/stage-settings';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { type ControllerState, startController } from '#tasks/search/controller/reinforce';
import { schedule } from '#tasks/search/controller/schedule';
import { onTarget } from '#tasks/search/on-target';
import { recordedSteps, search, searchParts, startSuperNet, streamOf } from '#tasks/search/ports';
import { largestSelection, superForward } from '#tasks/search/supernet/super-forward';
import type { SuperNet } from '#tasks/search/supernet/supernet';
import { keepInRun, type SavedSearch } from './record.js';
import type { StageRequest, StageTask } from './stage-request.js';
import { warmStart } from './warm-start.js';

/** What a worker that is started is told: the stage, and where it begins. */
export interface StageJob {
  readonly task: StageTask;
  /** The folder of the distillation set. */
  readonly folder: string;
  readonly from: number;
  /** Whether worker 0 sends weights and slots, which are not those of the start. */
  readonly adopts: boolean;
  readonly controller: ControllerState;
  readonly random: RandomState;
  readonly profile: ProfilePlan | undefined;
}

const module = new URL('../../../../dist/tasks/search/stage/stage-worker.js', import.meta.url); // of the build, also where tests run src/

/** Runs the stage, or what is left of it. */
export async function runStage(request: StageRequest): Promise<StageOutcome> {
  const { stage, space, settings, targets, seed, set, run, workers, observer, shouldStop, inheritsFrom } = request;
  const supernet = startSuperNet(request);
  try {
    const saved = resumeFromCheckpoint(run, observer.warn);
    if (saved !== undefined) supernet.restore(saved.tensors);
    else if (inheritsFrom !== undefined) warmStart(supernet, inheritsFrom, observer.warn);
    const adopts = saved !== undefined || inheritsFrom !== undefined;
    const state = saved?.state as SavedSearch | undefined;
    const random = state === undefined ? randomStream(`${streamOf(request)}/controller`) : restoreRandom(state.random);
    const controller = state?.controller ?? startController(controllerChoices(space), settings.controller.temperature);
    const from = saved?.step ?? 0;
    if (from > 0) observer.note(`${run.id}: going on after step ${from} of ${settings.steps}`);
    requireStageMemory(request, supernet);
    if (settings.strategy === 'random') onTarget(request, 1); // fails now rather than after the last step
    const task: StageTask = { stage, space, settings, targets, seed };
    const profile = profilePlan(run.folder, request.profile, from, settings.steps);
    const job: StageJob = { task, folder: set.folder, from, adopts, controller, random: random.state(), profile };
    return await withComputingTeam(
      workers,
      { module, job, longest: supernet.model.layout.size },
      async (collective) => {
        if (adopts) await supernet.adopt(collective.broadcast);
        const parts = searchParts({
          ...task,
          set,
          shouldStop,
          supernet,
          collective,
          random,
          profile: profiler(profile, from, collective, observer.note),
        });
        const record = stepRecorder(recordedSteps(parts), keepInRun(request, parts, from, state?.interval));
        const end = await search(parts, controller, from, record);
        return concludeStage(request, parts, end);
      },
    );
  } finally {
    supernet.dispose();
  }
}

/** Refuses a batch for which the largest sub-network does not fit into memory. */
function requireStageMemory({ space, settings, workers, observer }: StageRequest, { model }: SuperNet): void {
  const warmsOps = schedule(scheduleSettings(settings)).warmupSteps.op > 0;
  const need = needOf(model, superForward(space, largestSelection(space, warmsOps)), settings.batch);
  requireMemory(need, { batch: settings.batch, workers: workers.count, setting: 'search.batch' }, observer.warn);
}
