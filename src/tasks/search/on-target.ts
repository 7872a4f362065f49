/** Random architectures whose costs meet the targets: the baseline of a search. */
import { Failure } from '#core/failure';
import { randomStream } from '#core/random';
import { type CostTarget, targetTable } from '#networks/cost/target';
import { drawNetworks } from '#networks/space/draw-networks';
import type { Decisions } from '#networks/space/space';
import { type StageTask, streamOf } from '#tasks/search/stage/stage-task';

/**
 * Returns `count` different networks of the space, or as many as it finds, from uniform draws; networks with a cost
 * further from its target than the tolerance are dropped. Finding none is a config failure.
 */
export function onTarget(task: Omit<StageTask, 'settings'> & OnTargetSettings, count: number): Decisions[] {
  const { space, targets, settings } = task;
  const table = targetTable(space, targets);
  const random = randomStream(`${streamOf(task)}/on-target`);
  const found = drawNetworks(space, random, count, (decisions) =>
    isOnTarget(table.evaluate(decisions), targets, settings.tolerance),
  );
  if (found.length > 0) return found;
  const names = targets.map(({ name, target }) => `${name} ${target}`).join(' and ');
  const message = `no architecture drawn from ${space.name} comes within ${100 * settings.tolerance} % of ${names}`;
  throw new Failure('config', message, 'change the targets, or allow a larger tolerance');
}

interface OnTargetSettings {
  readonly settings: Pick<StageTask['settings'], 'tolerance'>;
}

function isOnTarget(values: Float64Array, targets: readonly CostTarget[], tolerance: number): boolean {
  return targets.every(({ target }, i) => Math.abs((values[i] as number) / target - 1) <= tolerance);
}
