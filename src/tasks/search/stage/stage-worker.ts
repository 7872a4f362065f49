/** What the workers of a stage run beside worker 0: the same search, of which they keep nothing. */
import { restoreRandom } from '#core/random';
import { openDistillationSet } from '#data/sets/distillation-set';
import { profiler } from '#jobs/profile';
import { keepNothing, stepRecorder } from '#jobs/step-recorder';
import { serveComputing } from '#jobs/workers/worker-pool';
import { judgeAll } from '#tasks/search/candidates';
import { finalists } from '#tasks/search/conclusion';
import { recordedSteps, search, searchParts, startSuperNet } from '#tasks/search/ports';
import type { StageJob } from './stage.js';

serveComputing(async ({ task, folder, from, adopts, controller, random, profile }: StageJob, collective) => {
  const supernet = startSuperNet(task);
  if (adopts) await supernet.adopt(collective);
  const parts = searchParts({
    ...task,
    set: openDistillationSet(folder),
    shouldStop: () => false, // worker 0 hears the signals
    supernet,
    collective,
    random: restoreRandom(random),
    profile: profiler(profile, from, collective, () => {}),
  });
  const { policy } = await search(parts, controller, from, stepRecorder(recordedSteps(parts), keepNothing));
  const { candidates, random: others } = finalists(task, policy);
  await judgeAll(parts, [...candidates, ...others]);
});
