/** What the workers of a stage run beside worker 0: the same search, of which they keep nothing. */
import { restoreRandom } from '../core/random.js';
import { openDistillationSet } from '../data/distillation-set.js';
import { serveComputing } from '../train/computing-team.js';
import { profiler } from '../train/profile.js';
import { keepNothing, stepRecorder } from '../train/step-recorder.js';
import { finalists } from './conclude.js';
import { judgeAll } from './judge.js';
import { recordedSteps, search, searchParts, startSuperNet } from './search.js';
import type { StageJob } from './stage.js';

serveComputing(async ({ task, folder, from, adopts, controller, random, profile }: StageJob, collective) => {
  const supernet = startSuperNet(task);
  if (adopts) await supernet.adopt(collective.broadcast);
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
