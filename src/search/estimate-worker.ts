/** What the workers of an estimate run beside worker 0: the same few steps. */
import { openDistillationSet } from '../data/distillation-set.js';
import { serveComputing } from '../train/computing-team.js';
import { type EstimateJob, estimateParts, measured } from './estimate.js';
import { startSuperNet } from './search.js';

serveComputing(async ({ task, folder, likely }: EstimateJob, collective) => {
  await measured(estimateParts(task, openDistillationSet(folder), startSuperNet(task), collective), likely);
});
