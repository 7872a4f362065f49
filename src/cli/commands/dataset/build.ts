import { defineCommand, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { workerOptions } from '#cli/arguments/worker-options';
import { withJobContext } from '#cli/process/job-context';
import { stopOnSignal } from '#cli/process/stop-signal';
import { estimateText } from '#cli/terminal/build-estimate-text';
import { standardReporter } from '#cli/terminal/log';
import { manifestSummary, manifestText } from '#cli/terminal/manifest-text';
import { usableCores } from '#core/machine/cores';
import { builtSetFolder } from '#data/sets/built-set';
import type { JobContext } from '#jobs/job-context';
import { workersOf } from '#jobs/workers/workers-of';
import { findRecipe } from '#networks/zoo/shipped';
import { buildDistillationSet } from '#tasks/distill/build';
import type { TeacherReference } from '#tasks/distill/build-recipe';
import { inReports } from '#tasks/distill/build-reports';
import type { BuildRequest } from '#tasks/distill/build-request';
import type { LoadTeachers } from '#tasks/distill/build-teacher';
import { estimateBuild } from '#tasks/distill/estimate-build';
import { openBuild, requestOf } from '#tasks/distill/open-build';
import { teacherLoader, teacherMicroBatches, untrainedTeachers } from '#tasks/distill/teacher';
import { runElsewhere } from '#tasks/project/phase-process';

const [workersOption, ...otherWorkerOptions] = workerOptions;

const options = [
  {
    ...workersOption,
    description:
      'threads that read, augment and encode images while the teacher computes, none if 1 (default: one per core), ' +
      'and processes that share a step where a teacher is trained first',
  },
  ...otherWorkerOptions,
  {
    flag: '--to <dir>',
    description: 'the folder of the set (default: in the cache, where searches look for it)',
  },
  { flag: '--dry-run', description: 'only estimate rows, bytes and time, from a sample; writes nothing' },
  jsonOption,
] as const;

type BuildOptions = OptionsOf<typeof options>;

/** Loads teachers that compute with the workers, threads and backend of the options. */
type LoadTeachersAsAsked = (...given: [...Parameters<LoadTeachers>, BuildOptions]) => ReturnType<LoadTeachers>;

const microBatchesOfTeachers = "the micro-batches of the teachers' training recipes";

export const datasetBuild = datasetBuildWith((references, context, given) =>
  withJobContext(workersOf({ ...given, workers: 1 }, 1, microBatchesOfTeachers), async (job) => {
    if (given.dryRun === true) return teacherLoader(job, 'stand-in')(references, context);
    await trainTeachers(references, context.recipeFile, given, job);
    return teacherLoader(job)(references, context);
  }),
);

/** Trains the teachers that are not trained yet in other processes, which leaves all threads of this one to labelling. */
async function trainTeachers(
  references: readonly TeacherReference[],
  recipeFile: string,
  given: BuildOptions,
  job: JobContext,
): Promise<void> {
  const microBatches = teacherMicroBatches(references, recipeFile);
  const workers = given.workers === undefined ? undefined : Math.min(given.workers, microBatches);
  const own = workersOf({ ...given, workers }, microBatches, microBatchesOfTeachers);
  for (const reference of untrainedTeachers(references, recipeFile)) {
    await runElsewhere({ kind: 'teacher', reference, recipeFile }, own, job);
  }
}

export function datasetBuildWith(loadTeachers: LoadTeachersAsAsked) {
  return defineCommand({
    description:
      'build a distillation set: augmented images with the soft labels of a teacher; an interrupted build resumes',
    arguments: [{ name: '<recipe>', description: 'a dataset recipe (*.dataset.yaml)', parse: findRecipe }],
    options,
    examples: [
      'mnv4-nas dataset build configs/recipes/fashion-mnist.dataset.yaml --dry-run',
      'mnv4-nas dataset build configs/recipes/fashion-mnist.dataset.yaml --to sets/fashion',
    ],
    async run([recipeFile], given) {
      const opened = await openBuild(recipeFile);
      for (const note of opened.source.notes ?? []) standardReporter().warn(note);
      const load: LoadTeachers = (references, context) => loadTeachers(references, context, given);
      const request = await requestOf(opened, load, given.workers ?? usableCores());
      if (given.dryRun) {
        const estimate = await estimateBuild(request);
        return { json: estimate, text: () => estimateText(opened.recipe.name, estimate) };
      }
      const manifest = await built({ ...request, to: given.to ?? builtSetFolder(recipeFile) });
      return { json: manifestSummary(manifest), text: () => manifestText(manifest) };
    },
  });
}

async function built(request: BuildRequest) {
  const stop = stopOnSignal();
  const reporter = standardReporter();
  try {
    const ports = {
      onProgress: inReports(reporter.progress, () => performance.now()),
      shouldStop: stop.asked,
      warn: reporter.warn,
    };
    return await buildDistillationSet({ ...request, ...ports });
  } finally {
    reporter.close();
    stop.release();
  }
}
