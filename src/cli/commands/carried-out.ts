/** The execution of a study from its plan to its report, for `study` and `rank`. */
import { join } from 'node:path';
import type { OptionSpec, OptionsOf, Output } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { workerOptions } from '#cli/arguments/worker-options';
import { withJobContext } from '#cli/process/job-context';
import { aligned } from '#cli/terminal/table';
import { workersOf } from '#jobs/workers/workers-of';
import { stageSettings } from '#tasks/search/config/stage-settings';
import { type ArmFindings, runStudy } from '#tasks/study/run-study';
import type { Study } from '#tasks/study/study';
import { earlierFindings, joined } from '#tasks/study/study-parts';
import { studyFile, studyResult, writeStudy } from '#tasks/study/study-report';
import { studyRows } from '#tasks/study/study-table';
import { microBatchesOf } from '#tasks/training/recipe';

export const studyOptions = [rootOption, ...workerOptions, jsonOption] as const satisfies readonly OptionSpec[];

/** Runs the unfinished parts of a study, writes its report to the folder of its name, and returns its result. */
export async function carriedOut(study: Study, options: OptionsOf<typeof studyOptions>): Promise<Output> {
  const { root } = options;
  const folder = join(root, study.name);
  const earlier = earlierFindings(join(folder, studyFile), study);
  const resultOf = (arms: readonly ArmFindings[]) => studyResult(study, joined([earlier, arms]));
  const workers = workersOf(options, mostParts(study), 'the parts of a step');
  const arms = await withJobContext(workers, async (context) =>
    runStudy(study, { context, root, resume: 'allow' }, (known) => writeStudy(folder, resultOf(known))),
  );
  const json = resultOf(arms);
  return { json, text: () => [...aligned(studyRows(json), new Set()), join(folder, 'study.md')].join('\n') };
}

/** Returns the largest number of samples or micro-batches in any step of the study. */
function mostParts({ arms, recipe }: Study): number {
  const samples = arms.flatMap(({ config, stages }) =>
    stages.map((stage) => stageSettings(config(1), stage).samplesPerStep),
  );
  return Math.max(microBatchesOf(recipe), ...samples);
}
