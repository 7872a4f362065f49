/** The results of the search commands: summaries of runs, agreement of seeds, missed targets. */
import { join } from 'node:path';
import type { Output } from '#cli/arguments/command-spec';
import type { SearchOptions } from '#cli/arguments/search-options';
import { agreementText } from '#cli/terminal/agreement-text';
import { runText } from '#cli/terminal/runs-text';
import { Failure } from '#core/failure';
import { runCourse } from '#jobs/runs/run-course';
import { readSearchResult } from '#jobs/runs/run-result';
import { readRunSummary } from '#jobs/runs/run-summary';
import { agreementOf } from '#tasks/study/agreement';

/** Returns the summary of each run; the JSON of a single run is not a list. */
export function runsOutput(ids: readonly string[], root: string): Output {
  const summaries = ids.map((id) => readRunSummary(join(root, id)));
  return {
    json: summaries.length === 1 ? summaries[0] : summaries,
    text: () => summaries.map((run) => runText(run, runCourse(run.folder))).join('\n\n'),
  };
}

/** Returns for each stage how far the searches with different seeds agree. */
export function agreementOutput(ids: readonly string[], root: string): Output {
  const json = ['coarse', 'fine'].map((stage) => ({
    stage,
    ...agreementOf(ids.map((id) => join(root, `${id}-${stage}`))),
  }));
  return { json, text: () => json.map((of) => agreementText(of.stage, of)).join('\n\n') };
}

/** With --strict-target, returns a failure that names each target missed by a finished run. */
export function missedTargets(
  ids: readonly string[],
  root: string,
  { strictTarget }: SearchOptions,
): Failure | undefined {
  if (!strictTarget) return undefined;
  const misses = ids.flatMap((id) =>
    readSearchResult(join(root, id)).missed.map((miss) => ({ message: `${id}: target missed: ${miss}` })),
  );
  return misses.length > 0 ? new Failure('targetMissed', misses) : undefined;
}
