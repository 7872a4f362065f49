/** One stage of a search: begun or resumed, run to its end by its workers, and concluded. */
import { type ControllerState, startController } from '../controller/reinforce.js';
import { schedule } from '../controller/schedule.js';
import { type RandomState, randomStream, restoreRandom } from '../core/random.js';
import { resumeFromCheckpoint } from '../runs/checkpoint.js';
import { largestSelection, superForward } from '../supernet/super-forward.js';
import type { SuperNet } from '../supernet/supernet.js';
import { withComputingTeam } from '../train/computing-team.js';
import { needOf, requireMemory } from '../train/memory.js';
import { type ProfilePlan, profilePlan, profiler } from '../train/profile.js';
import { stepRecorder } from '../train/step-recorder.js';
import { concludeStage, type StageOutcome } from './conclude.js';
import { controllerChoices } from './controller-choices.js';
import { inherit } from './inherit.js';
import { keepInRun, type SavedSearch } from './keep.js';
import { onTarget } from './on-target.js';
import { recordedSteps, search, searchParts, startSuperNet, streamOf } from './search.js';
import type { StageRequest, StageTask } from './stage-request.js';
import { scheduleSettings } from './stage-settings.js';

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

const module = new URL('../../dist/search/stage-worker.js', import.meta.url); // of the build, also where tests run src/

/** Runs the stage, or what is left of it. */
export async function runStage(request: StageRequest): Promise<StageOutcome> {
  const { stage, space, settings, targets, seed, set, run, workers, observer, shouldStop, inheritsFrom } = request;
  const supernet = startSuperNet(request);
  try {
    const saved = resumeFromCheckpoint(run, observer.warn);
    if (saved !== undefined) supernet.restore(saved.tensors);
    else if (inheritsFrom !== undefined) inherit(supernet, inheritsFrom, observer.warn);
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
