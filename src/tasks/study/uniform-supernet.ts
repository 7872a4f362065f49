/**
 * Evaluates the architectures of all arms in one SuperNet that no arm trained and whose policy stayed uniform, so that
 * none of them was trained more than another.
 */
import { join } from 'node:path';
import { Failure } from '#core/failure';
import type { RunRequest } from '#jobs/job-context';
import { decisionsFor } from '#networks/space/decisions-for';
import type { Architecture, Decisions, Space } from '#networks/space/space';
import { validationEvaluation } from '#tasks/search/candidates';
import type { LocatedConfig } from '#tasks/search/config/config';
import { finalTensors } from '#tasks/search/finished-stage';
import { openStageSet } from '#tasks/search/open';
import { planCoarse } from '#tasks/search/plan';
import { startSuperNet, trainBatches } from '#tasks/search/ports';
import { runStages } from '#tasks/search/run-stages';

/**
 * Trains the SuperNet of the config's coarse space in a separate run, unless that is done, and evaluates the
 * architectures in it.
 *
 * @returns  top-1 of each on the validation split; an architecture that the space lacks is a config failure
 */
export async function judgedAlike(
  config: LocatedConfig,
  architectures: readonly Architecture[],
  request: RunRequest,
): Promise<number[]> {
  const { task } = planCoarse(config);
  const decisions = architectures.map((architecture) => requireDecisions(task.space, architecture));
  await runStages(config, request, [task.stage]);
  const set = openStageSet(task, config);
  const supernet = startSuperNet(task);
  try {
    supernet.restore(finalTensors(join(request.root, `${request.id}-${task.stage}`), request.context.observer.warn));
    const judge = { supernet, set, task, train: trainBatches(task, set) };
    const top1: number[] = [];
    for (const one of decisions) top1.push((await validationEvaluation(judge, one)).top1);
    return top1;
  } finally {
    supernet.dispose();
  }
}

function requireDecisions(space: Space, architecture: Architecture): Decisions {
  const decisions = decisionsFor(space, architecture);
  if (decisions !== undefined) return decisions;
  const message = `the judge cannot evaluate ${architecture.name}, since its space ${space.name} does not contain it`;
  throw new Failure('config', message, 'give judge another coarse.space, or leave it out; finished runs are kept');
}
