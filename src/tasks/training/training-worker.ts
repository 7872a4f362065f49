/** What the workers of a training run beside worker 0: the same steps, of which they keep nothing. */
import { metered } from '#data/sets/metered';
import { profiler } from '#jobs/profile';
import { keepNothing, stepRecorder } from '#jobs/step-recorder';
import { serveComputing } from '#jobs/workers/worker-pool';
import { openTrainingData } from './open-training-data.js';
import { Trainee, trainNetwork } from './train-network.js';
import { recordedSteps, trainingPlan } from './training-plan.js';
import type { TrainingJob } from './training-run.js';

serveComputing(async ({ network, recipe, from, profile }: TrainingJob, collective) => {
  const trainee = new Trainee(network, recipe.optimizer, recipe.seed);
  if (from > 0) await trainee.adopt(collective);
  const data = openTrainingData(recipe, network.classes);
  const plan = trainingPlan(recipe, data.images, from);
  const traces = profiler(profile, from, collective, () => {});
  const steps = recordedSteps(recipe, plan, trainee, collective, () => false, traces); // worker 0 hears the signals
  await trainNetwork(trainee, plan, metered(data.batches), collective, stepRecorder(steps, keepNothing));
});
