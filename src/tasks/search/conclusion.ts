/** The end of a stage: its winner, the comparison with random architectures, and the files that record both. */

import { percent } from '#core/percent';
import { randomStream } from '#core/random';
import { deviationOf, meanOf } from '#core/statistics/scoring';
import type { Run } from '#jobs/runs/run-folder';
import type { CostTarget } from '#networks/cost/target';
import { asSpace, printSpace } from '#networks/space/print';
import { randomDecisions } from '#networks/space/random-decisions';
import { type Architecture, close, type Decisions } from '#networks/space/space';
import { precisionOf } from '#networks/tensor/ops/half';
import { candidateCount } from '#tasks/search/config/stage-settings';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { argmax, entropy, type Policy } from '#tasks/search/controller/policy';
import { type ControllerState, startController } from '#tasks/search/controller/reinforce';
import { sample } from '#tasks/search/controller/sample';
import { predictedFromLog } from '#tasks/search/prediction/predicted-best';
import { type StageTask, streamOf } from '#tasks/search/stage/stage-task';
import { type EvaluatedCandidate, evaluateCandidates } from './candidates.js';
import { onTarget } from './on-target.js';
import { policyCosts } from './policy-costs.js';
import type { SearchParts } from './ports.js';

export interface StageOutcome {
  readonly architecture: Architecture;
  readonly winner: EvaluatedCandidate;
  readonly random: readonly EvaluatedCandidate[];
  /** Targets that the winner misses by more than the tolerance: name, value, target. */
  readonly missed: readonly string[];
}

/** Returns the architectures that may win, the same on every worker. */
async function candidatesOf(parts: SearchParts, policy: Policy, run: Run | undefined): Promise<Decisions[]> {
  const { task } = parts;
  const { strategy, select } = task.settings;
  const count = candidateCount(task.settings);
  const likely = argmax(policy);
  if (select !== 'argmax' && 'bestPredicted' in select) {
    const predicted = await predictedFromLog(parts, { count, start: likely }, run?.folder);
    if (predicted.length > 0) return predicted;
  }
  if (strategy === 'random') return onTarget(task, count);
  const drawn = randomStream(`${streamOf(task)}/best-of`);
  return [likely, ...Array.from({ length: count - 1 }, () => sample(policy, drawn).decisions)];
}

function randomArchitectures(task: StageTask): Decisions[] {
  const random = randomStream(`${streamOf(task)}/random-architectures`);
  return Array.from({ length: task.settings.compareRandom }, () => randomDecisions(task.space, random));
}

/** Evaluates the candidates on all workers and returns the winner; worker 0, which has the run, writes the result. */
export async function concludeStage(parts: SearchParts, { policy }: ControllerState, run?: Run): Promise<StageOutcome> {
  const { task, observer } = parts;
  const contenders = await evaluateCandidates(parts, await candidatesOf(parts, policy, run));
  const random = await evaluateCandidates(parts, randomArchitectures(task), inEights(parts));
  const winner = best(contenders);
  const missed = missedTargets(winner, task.targets, task.settings.tolerance);
  const outcome = {
    architecture: close(task.space, winner.decisions),
    winner,
    random,
    missed,
  };
  if (run !== undefined) {
    writeConclusion(run, parts, policy, outcome, contenders);
    for (const miss of missed) observer.warn(`${run.id}: target missed: ${miss}`);
  }
  return outcome;
}

function writeConclusion(
  run: Run,
  parts: SearchParts,
  policy: Policy,
  { architecture, winner, random, missed }: StageOutcome,
  contenders: readonly EvaluatedCandidate[],
): void {
  const { space, settings, targets, stage } = parts.task;
  const { mean, relative } = entropy(policy);
  const start = entropy(startController(controllerChoices(space)).policy);
  const ofPolicy = policyCosts(parts, policy, settings.steps);
  const result = {
    decisions: winner.decisions,
    quality: winner.quality,
    costs: Object.fromEntries(
      targets.map(({ name, target }, i) => [name, { value: winner.costs[i]?.value as number, ...ofPolicy[i], target }]),
    ),
    reward: winner.reward,
    entropy: mean,
    entropyAtStart: start.mean,
    relativeEntropy: relative,
    held: winner.evaluation,
    random: random.length === 0 ? null : summary(random),
    precision: precisionOf(settings.weights.precision),
    missed,
  };
  const network = { ...architecture, name: `${space.name}.${run.id}` };
  run.writeArchitecture(printSpace(asSpace(network), { run: run.id, stage, ...result }));
  const named = (candidates: readonly EvaluatedCandidate[]) =>
    candidates.map((candidate) => candidateResult(candidate, targets));
  const randomCandidates = random.length === 0 ? {} : { randomCandidates: named(random) };
  run.writeResult({ ...result, candidates: named(contenders), ...randomCandidates });
}

function candidateResult(
  { decisions, evaluation, quality, reward, costs }: EvaluatedCandidate,
  targets: readonly CostTarget[],
) {
  const named = targets.map(({ name, target }, i) => [name, { value: costs[i]?.value as number, target }]);
  const { top1, loss } = evaluation;
  return { decisions, quality, reward, costs: Object.fromEntries(named), held: { top1, loss } };
}

/** Returns a callback that notes every eighth random architecture. */
function inEights({ task: { stage, settings }, observer }: SearchParts): (judged: number) => void {
  let eights = 0;
  return (judged) => {
    const now = Math.floor(judged / 8);
    if (now > eights) observer.note(`${stage}: ${8 * now} of ${settings.compareRandom} random architectures evaluated`);
    eights = Math.max(eights, now);
  };
}

/** Returns the evaluated candidate with the highest reward; the first one on a tie. */
function best(judgements: readonly EvaluatedCandidate[]): EvaluatedCandidate {
  return judgements.reduce((a, b) => (b.reward > a.reward ? b : a));
}

function summary(judgements: readonly EvaluatedCandidate[]) {
  const rewards = judgements.map(({ reward }) => reward);
  const qualities = judgements.map(({ quality }) => quality);
  const { reward, quality, decisions } = best(judgements);
  return {
    n: judgements.length,
    meanReward: meanOf(rewards),
    deviation: deviationOf(rewards),
    bestReward: reward,
    meanQuality: meanOf(qualities),
    bestQuality: quality,
    bestDecisions: decisions,
  };
}

function missedTargets({ costs }: EvaluatedCandidate, targets: readonly CostTarget[], tolerance: number): string[] {
  return targets.flatMap(({ name }, i) => {
    const { value, target } = costs[i] as { value: number; target: number };
    const distance = value / target - 1;
    if (Math.abs(distance) <= tolerance) return [];
    return [`${name} is ${value.toPrecision(4)}, ${percent(distance, 1)} from its target of ${target.toPrecision(4)}`];
  });
}
