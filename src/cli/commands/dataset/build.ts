import { dirname } from 'node:path';
import { defineCommand, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { workerOptions, workersOf } from '#cli/arguments/worker-options';
import { withJobContext } from '#cli/process/job-context';
import { stopOnSignal } from '#cli/process/stop-signal';
import { type Reporter, standardReporter } from '#cli/terminal/log';
import { manifestSummary, manifestText } from '#cli/terminal/manifest-text';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { formOf } from '#data/images/image-source';
import { openSource } from '#data/images/open-source';
import { builtSetFolder } from '#data/sets/built-set';
import { type BuildProgress, buildDistillationSet } from '#tasks/distill/build';
import { planBuild } from '#tasks/distill/build-plan';
import { readBuildRecipe } from '#tasks/distill/build-recipe';
import type { LoadTeachers } from '#tasks/distill/build-teacher';
import { teacherLoader, teacherMicroBatches } from '#tasks/distill/teacher';

type WorkerOptions = OptionsOf<typeof workerOptions>;

/** Loads teachers that compute with the workers, threads and backend of the options. */
type LoadTeachersAsAsked = (...given: [...Parameters<LoadTeachers>, WorkerOptions]) => ReturnType<LoadTeachers>;

export const datasetBuild = datasetBuildWith((references, context, options) => {
  const microBatches = teacherMicroBatches(references, context.recipeFile);
  const workers = workersOf(options, microBatches, "the micro-batches of the teachers' training recipes");
  return withJobContext(workers, (job) => teacherLoader(job)(references, context));
});

export function datasetBuildWith(loadTeachers: LoadTeachersAsAsked) {
  return defineCommand({
    description:
      'build a distillation set: augmented images with the soft labels of a teacher; an interrupted build resumes',
    arguments: [{ name: '<recipe>', description: 'a dataset recipe (*.dataset.yaml)' }],
    options: [
      ...workerOptions,
      {
        flag: '--to <dir>',
        description: 'the folder of the set (default: in the cache, where searches look for it)',
      },
      jsonOption,
    ],
    async run([recipeFile], options) {
      const recipe = readBuildRecipe(recipeFile);
      const source = await openSource(recipe.source, dirname(recipeFile));
      const form = formOf(source);
      requireAugmentation(recipe.augment, form.shape);
      planBuild(source, recipe); // reports its mistakes before a teacher is trained
      for (const note of source.notes ?? []) standardReporter().warn(note);
      const teacher = await loadTeachers(recipe.teacher, { recipeFile, form }, options);
      const stop = stopOnSignal();
      const reporter = standardReporter();
      try {
        const to = options.to ?? builtSetFolder(recipeFile);
        const request = { source, recipe, teacher, to, onProgress: inSteps(reporter), shouldStop: stop.asked };
        const manifest = await buildDistillationSet(request);
        return { json: manifestSummary(manifest), text: () => manifestText(manifest) };
      } finally {
        reporter.close();
        stop.release();
      }
    },
  });
}

/** Returns a callback that reports progress after every fiftieth of the rows. */
function inSteps(reporter: Reporter): (progress: BuildProgress) => void {
  let told = 0;
  return ({ rows, of }) => {
    const part = Math.floor((50 * rows) / of);
    if (part > told) reporter.progress({ stage: 'dataset build', step: rows, steps: of });
    told = Math.max(told, part);
  };
}
