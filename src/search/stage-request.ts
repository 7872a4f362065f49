/** What a stage is given, and what its search is made of. */
import type { CostTerm } from '../controller/reward.js';
import type { Observer } from '../core/observer.js';
import type { Random } from '../core/random.js';
import type { CostTable } from '../cost/cost-table.js';
import type { CostTarget } from '../cost/target.js';
import type { DistillationSet } from '../data/distillation-set.js';
import type { MeteredBatches } from '../data/metered.js';
import type { Run } from '../runs/run-folder.js';
import type { Decisions, Space } from '../space/space.js';
import type { SuperNet } from '../supernet/supernet.js';
import type { Workers } from '../train/computing-team.js';
import type { Profiler } from '../train/profile.js';
import type { Collective } from '../workers/collective.js';
import type { StageName } from './config.js';
import type { StageSettings } from './stage-settings.js';

/** What all workers of a stage know of it: plain data. */
export interface StageTask {
  readonly stage: StageName;
  readonly space: Space;
  readonly settings: StageSettings;
  readonly targets: readonly CostTarget[];
  readonly seed: number;
}

export interface StageRequest extends StageTask {
  /** The folder of the run whose weights it begins with; none, and they begin anew. */
  readonly inheritsFrom?: string | undefined;
  /** Steps to trace, if any. */
  readonly profile?: number | undefined;
  readonly set: DistillationSet;
  readonly workers: Workers;
  readonly run: Run;
  readonly observer: Observer;
  /** Asked after every step; yes ends the stage with a checkpoint and a failure of kind `stopped`. */
  readonly shouldStop: () => boolean;
  /** Milliseconds; only speeds and times are made of it. */
  readonly clock: () => number;
}

/** What a worker's part in a search is made of. */
export interface SearchParts extends StageTask {
  readonly set: DistillationSet;
  /** Of the worker's own; what any of them says holds for all. */
  readonly shouldStop: () => boolean;
  readonly supernet: SuperNet;
  /** What the workers of the run share a step through. */
  readonly collective: Collective;
  readonly random: Random;
  readonly profile: Profiler;
  readonly costTable: CostTable;
  readonly costs: (decisions: Decisions) => readonly CostTerm[];
  readonly train: MeteredBatches;
}
