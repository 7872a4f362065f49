/** `search --dry-run`: every phase, whether its result exists, and estimates of time and size. */
import type { Output } from '#cli/arguments/command-spec';
import { duration } from '#cli/terminal/progress';
import { aligned } from '#cli/terminal/table';
import type { Failure } from '#core/failure';
import type { Workers } from '#jobs/workers/launcher';
import { estimatedPhases, type PhaseEstimate } from '#tasks/project/estimate-phases';
import type { ProjectRequest } from '#tasks/project/ports';
import { planProject } from '#tasks/project/project';
import type { LocatedConfig } from '#tasks/search/config/config';
import { dryRun } from './dry-run.js';

/** Describes and estimates all phases of a search; images that are missing only keep it from estimating. */
export async function dryRunProject(
  config: LocatedConfig,
  request: ProjectRequest,
  workers: Workers,
  workersFor: (parts: number) => Workers,
): Promise<Output> {
  let missing: Failure | undefined;
  const project = await planProject(config, request, (failure) => {
    missing ??= failure;
  });
  const planned = project.preparation === undefined ? undefined : project.set;
  const stages = await dryRun(project.stages, config, workers, planned);
  const stageSeconds = stages.json.map(({ estimate }) => (typeof estimate === 'string' ? undefined : estimate.seconds));
  const phases = await estimatedPhases(project, workersFor, stageSeconds);
  return {
    json: [...phases.filter(({ stage }) => stage !== 'coarse' && stage !== 'fine'), ...stages.json],
    text: () => [overview(phases, missing), stages.text()].join('\n'),
  };
}

function overview(phases: readonly PhaseEstimate[], missing: Failure | undefined): string {
  const rows = phases.map(({ stage, subject, exists, seconds, bytes }) => [
    `  ${stage}`,
    exists ? 'exists' : 'missing',
    exists || seconds === undefined ? '' : `about ${duration(seconds)}`,
    bytes === undefined ? subject : `${subject}, ${Math.ceil(bytes / 1e6)} MB`,
  ]);
  const known = phases.flatMap(({ exists, seconds }) => (exists ? [] : [seconds]));
  const sum = known.every((seconds) => seconds !== undefined)
    ? [`  in all about ${duration(known.reduce((total, seconds) => total + seconds, 0))}`]
    : [];
  const reason = missing === undefined ? [] : [`  not estimated: ${missing.remedy ?? missing.message}`];
  return ['phases (dry run: nothing was written)', ...aligned(rows, new Set()), ...sum, ...reason].join('\n');
}
