/** The state and result of a run, as `runs show --json` prints them; fields may be added. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readChecked } from '#core/documents/conform';
import { Failure } from '#core/failure';
import { suggestion } from '#core/nearest';
import { readNetwork } from '#networks/space/parse';
import type { Architecture } from '#networks/space/space';
import type { Precision } from '#networks/tensor/precision';
import { lastFigures, presentState } from './run-entries.js';
import { runIds } from './run-folder.js';
import {
  type ByClass,
  type Costs,
  type Evaluation,
  figuresSchema,
  type RandomSummary,
  resultFile,
} from './run-result.js';
import { isRun, type RunStatus } from './run-state.js';

/** The state and result of a run; unknown fields are null. Until it is done, its figures are the last interval's. */
export interface RunSummary {
  readonly id: string;
  readonly stage: string;
  readonly status: RunStatus;
  readonly step: number;
  readonly steps: number;
  /** The scheduler's job that began or last resumed the run. */
  readonly job: string | null;
  readonly architecture: Architecture | null;
  readonly decisions: readonly number[] | null;
  readonly quality: number | null;
  readonly costs: Costs | null;
  readonly reward: number | null;
  readonly entropy: number | null;
  /** Entropy of the uniform policy with which the run began. */
  readonly entropyAtStart: number | null;
  /** Evaluation of the winner on the whole validation split. */
  readonly held: Evaluation | null;
  /** Evaluation of a training on its test images. */
  readonly test: Evaluation | null;
  /** The same class by class. */
  readonly byClass: ByClass | null;
  /** Evaluation as in int8; null unless the run was trained for it. */
  readonly int8: Evaluation | null;
  /** Format of the feature maps in training. */
  readonly precision: Precision | null;
  /** The weights that were evaluated: the last ones or their moving average. */
  readonly weights: 'last' | 'average' | null;
  /** Random architectures of the space, evaluated like the winner. */
  readonly random: RandomSummary | null;
  readonly folder: string;
}

/** The folder of a run, found by its id under `root` or by its path; a usage failure if there is none. */
export function findRun(root: string, what: string): string {
  const found = [join(root, what), what].find(isRun);
  if (found !== undefined) return found;
  throw new Failure('usage', `${what}: expected a run under ${root}; got none${suggestion(what, runIds(root))}`);
}

export function readRunSummary(folder: string): RunSummary {
  const { id, stage, status, step, steps, job = null } = presentState(folder);
  const found = (file: string) => (status === 'done' && existsSync(file) ? file : undefined);
  const [resultOf, architectureOf] = [found(resultFile(folder)), found(join(folder, 'architecture.yaml'))];
  const result = resultOf === undefined ? undefined : readChecked(resultOf, figuresSchema);
  const latest = result ?? lastFigures(folder);
  return {
    id,
    stage,
    status,
    step,
    steps,
    job,
    architecture: architectureOf === undefined ? null : readNetwork(architectureOf),
    decisions: result?.decisions ?? null,
    quality: latest?.quality ?? null,
    costs: latest?.costs ?? null,
    reward: latest?.reward ?? null,
    entropy: latest?.entropy ?? null,
    entropyAtStart: result?.entropyAtStart ?? null,
    held: result?.held ?? null,
    test: result?.test ?? null,
    byClass: result?.byClass ?? null,
    int8: result?.int8 ?? null,
    precision: result?.precision ?? null,
    weights: result?.weights ?? null,
    random: result?.random ?? null,
    folder,
  };
}
