/** What a stage is given, and what its search is made of. */

import type { Random } from '#core/random';
import type { DistillationSet } from '#data/sets/distillation-set';
import type { MeteredBatches } from '#data/sets/metered';
import type { Observer } from '#jobs/observer';
import type { Profiler } from '#jobs/profile';
import type { Run } from '#jobs/runs/run-folder';
import type { Collective } from '#jobs/workers/collective';
import type { Workers } from '#jobs/workers/worker-pool';
import type { CostTable } from '#networks/cost/cost-table';
import type { CostTarget } from '#networks/cost/target';
import type { Decisions, Space } from '#networks/space/space';
import type { StageName } from '#tasks/search/config/config';
import type { StageSettings } from '#tasks/search/config/stage-settings';
import type { CostTerm } from '#tasks/search/controller/reward';
import type { SuperNet } from '#tasks/search/supernet/supernet';

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
