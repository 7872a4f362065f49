/**
 * Architectures judged alike: in one SuperNet that no search trained and whose policy stayed uniform, so that it trained
 * none of them more than another.
 */
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { decisionsFor } from '#networks/space/decisions-for';
import type { Architecture, Decisions, Space } from '#networks/space/space';
import { validationEvaluation } from '#tasks/search/candidates';
import type { LocatedConfig } from '#tasks/search/config/config';
import { startSuperNet, trainBatches } from '#tasks/search/ports';
import { finalTensors } from '#tasks/search/result';
import { runStages } from '#tasks/search/run-stages';
import { openStageSet, planCoarse } from '#tasks/search/start-search';
import type { RunOptions } from '#tasks/training/start-training';

/**
 * Trains the SuperNet of the config's coarse space, in a run of its own, unless that is done.
 *
 * @returns  top-1 of each on the held-out split; one that the space does not have is a config failure
 */
export async function judgedAlike(
  config: LocatedConfig,
  architectures: readonly Architecture[],
  options: RunOptions,
): Promise<number[]> {
  const plan = planCoarse(config);
  const decisions = architectures.map((architecture) => requireDecisions(plan.space, architecture));
  await runStages(config, options, [plan.stage]);
  const task = { ...plan, seed: config.config.seed };
  const set = openStageSet(config, plan);
  const supernet = startSuperNet(task);
  try {
    supernet.restore(finalTensors(join(options.root, `${options.id}-${plan.stage}`), options.observer.warn));
    const judge = { supernet, set, settings: plan.settings, train: trainBatches({ ...task, set }) };
    return decisions.map((of) => validationEvaluation(judge, of).top1);
  } finally {
    supernet.dispose();
  }
}

function requireDecisions(space: Space, architecture: Architecture): Decisions {
  const decisions = decisionsFor(space, architecture);
  if (decisions !== undefined) return decisions;
  const message = `expected a judge whose space has every architecture; ${space.name} lacks ${architecture.name}`;
  throw new Failure('config', message, 'give it another coarse.space, or leave it out; what was run is kept');
}
