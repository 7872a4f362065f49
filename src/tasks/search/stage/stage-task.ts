/** A stage to run, as plain data. */
import type { CostTarget } from '#networks/cost/target';
import type { Space } from '#networks/space/space';
import type { StageName } from '#tasks/search/config/config';
import type { StageSettings } from '#tasks/search/config/stage-settings';

/** Everything that the steps of a stage depend on, except its images. */
export interface StageTask {
  readonly stage: StageName;
  readonly space: Space;
  readonly settings: StageSettings;
  readonly targets: readonly CostTarget[];
  readonly seed: number;
}

/** Prefix of the stage's random streams. */
export function streamOf({ seed, stage }: Pick<StageTask, 'seed' | 'stage'>): string {
  return `${seed}/${stage}`;
}
