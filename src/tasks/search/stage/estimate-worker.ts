/** What the workers of an estimate run beside worker 0: the same few steps. */
import { openDistillationSet } from '#data/sets/distillation-set';
import { serveComputing } from '#jobs/workers/worker-pool';
import { startSuperNet } from '#tasks/search/ports';
import { type EstimateJob, estimateParts, measured } from './estimate.js';

serveComputing(async ({ task, folder, likely }: EstimateJob, collective) => {
  await measured(estimateParts(task, openDistillationSet(folder), startSuperNet(task), collective), likely);
});
