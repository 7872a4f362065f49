/** A whole search, from images to the result. */
import { join } from 'node:path';
import { type Cost, readSearchResult } from '#jobs/runs/run-result';
import { workersOf } from '#jobs/workers/workers-of';
import { findConfig } from '#networks/zoo/shipped';
import { exportRun } from '#tasks/project/export-run';
import { type Project, phasesOf, planProject } from '#tasks/project/project';
import { runPhases } from '#tasks/project/run-phases';
import { readSearchConfig } from '#tasks/search/config/config';
import { stageIds } from '#tasks/search/run-stages';
import { inContext, overridesOf } from './in-context.js';
import type { JobOptions } from './job-options.js';
import { type Evaluation, evaluationOf } from './train.js';

/** The result of a search. */
export interface SearchResult {
  readonly coarse: StageResult;
  readonly fine: StageResult;
  /** The final training; absent unless the config has a section `train`. */
  readonly training?: { readonly run: string; readonly test: Evaluation };
  /** Folders of the exports, by format; empty unless the config has a section `export`. */
  readonly exports: Readonly<Record<string, string>>;
}

/** The winner of a stage. */
export interface StageResult {
  /** Folder of the run. It names the network found, for `describe`, `estimateLatency` and `train`. */
  readonly run: string;
  /** Costs of the winner and their targets, by name. */
  readonly costs: Readonly<Record<string, { readonly value: number; readonly target: number }>>;
  /** A sentence for each target that is missed. */
  readonly missed: readonly string[];
  /** Accuracy of the winner on the validation split, with the weights that it shares with other architectures. */
  readonly validation: { readonly top1: number; readonly loss: number };
}

/**
 * Does everything that is missing: fetches images, trains the teacher, builds the distillation set, runs both stages,
 * and compares, trains and exports networks where the config says so. A second call with the same `id` resumes.
 *
 * @param config  a YAML file, or the name of a shipped config, such as `quickstart`
 * @throws Failure `backend` if native TensorFlow is not set up (`npx mnv4-nas setup`), `config` for mistakes in a file,
 *         `data` for missing or damaged images, `stopped` after `options.signal`
 */
export async function search(config: string, options: JobOptions = {}): Promise<SearchResult> {
  const located = readSearchConfig(findConfig(config), overridesOf(options));
  const { name, runs, workers, threads } = located.config;
  const root = options.root ?? (runs === undefined ? 'runs' : located.path(runs));
  const request = { root, id: options.id ?? name, resume: 'allow' } as const;
  const most = options.workers ?? workers;
  const workersFor = (parts: number) =>
    workersOf(
      {
        workers: most && Math.min(most, parts),
        threads: options.threads ?? threads,
        backend: options.backend ?? 'tensorflow',
      },
      parts,
      'the parts of a step',
    );
  const project = await planProject(located, request);
  const samples = Math.max(...project.stages.map(({ task }) => task.settings.samplesPerStep));
  const phases = phasesOf(project, { workersFor, exportNetwork: exportRun });
  await inContext(workersFor(samples), options, (context) => runPhases(phases, context));
  return resultOf(project);
}

function resultOf({ request: { root, id }, training, exports }: Project): SearchResult {
  const [coarse, fine] = stageIds(id).map((run) => stageResult(join(root, run))) as [StageResult, StageResult];
  return {
    coarse,
    fine,
    ...(training && { training: { run: training.folder, test: evaluationOf(training.folder) } }),
    exports: Object.fromEntries(exports.map(({ format, folder }) => [format, folder])),
  };
}

function stageResult(run: string): StageResult {
  const { costs, missed, held } = readSearchResult(run);
  const known = ({ value, target }: Cost) => ({ value, target });
  return {
    run,
    costs: Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, known(cost)])),
    missed,
    validation: { top1: held.top1, loss: held.loss },
  };
}
