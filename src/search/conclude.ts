/** The end of a stage: its winner, what it is worth beside random architectures, and the files that say so. */
import { argmax, entropy } from '../controller/policy.js';
import { type ControllerState, startController } from '../controller/reinforce.js';
import { sample } from '../controller/sample.js';
import { Failure } from '../core/failure.js';
import type { Observer } from '../core/observer.js';
import { randomStream } from '../core/random.js';
import { deviationOf, meanOf } from '../core/scoring.js';
import type { CostTarget } from '../cost/target.js';
import type { Run } from '../runs/run-folder.js';
import { asSpace, printSpace } from '../space/print.js';
import { type Architecture, close, type Space } from '../space/space.js';
import type { StageName, StageSettings } from './config.js';
import { controllerChoices } from './controller-choices.js';
import { type Judge, type Judgement, judge, randomDecisions } from './judge.js';

export interface StageOutcome {
  readonly architecture: Architecture;
  readonly winner: Judgement;
  readonly random: readonly Judgement[];
  /** Targets that the winner misses by more than the tolerance: name, value, target. */
  readonly missed: readonly string[];
}

interface Conclusion {
  readonly stage: StageName;
  readonly space: Space;
  readonly settings: StageSettings;
  readonly targets: readonly CostTarget[];
  readonly run: Run;
  readonly observer: Observer;
  readonly judgeWith: Judge;
  readonly state: ControllerState;
  readonly shouldStop: () => boolean;
  /** Prefix of the stage's random streams. */
  readonly stream: string;
}

const again = 'run the same command again to go on';

/** Chooses, judges and writes the winner. */
export async function concludeStage(conclusion: Conclusion): Promise<StageOutcome> {
  const { space, settings, run, observer, judgeWith, targets, stage } = conclusion;
  const winner = await chooseWinner(conclusion);
  const random: Judgement[] = [];
  const stream = randomStream(`${conclusion.stream}/random-architectures`);
  for (let i = 0; i < settings.compareRandom; i++) {
    requireGoingOn(conclusion);
    random.push(await judge(judgeWith, randomDecisions(space, stream)));
    if (i % 8 === 7) observer.note(`${stage}: ${i + 1} of ${settings.compareRandom} random architectures judged`);
  }
  const architecture = { ...close(space, winner.decisions), name: `${space.name}.${run.id}` };
  const { mean, relative } = entropy(conclusion.state.policy);
  const start = entropy(startController(controllerChoices(space)).policy);
  const missed = missedTargets(winner, targets, settings.tolerance);
  const result = {
    decisions: winner.decisions,
    quality: winner.quality,
    costs: Object.fromEntries(
      winner.costs.map(({ value, target }, i) => [(targets[i] as CostTarget).name, { value, target }]),
    ),
    reward: winner.reward,
    entropy: mean,
    entropyAtStart: start.mean,
    relativeEntropy: relative,
    held: winner.evaluation,
    random: random.length === 0 ? null : summary(random),
    missed,
  };
  run.writeArchitecture(printSpace(asSpace(architecture), { run: run.id, stage, ...result }));
  run.writeResult(result);
  for (const miss of missed) observer.warn(`${run.id}: target missed: ${miss}`);
  return { architecture, winner, random, missed };
}

/** The search itself is saved: a stop here costs the judging alone. */
function requireGoingOn({ run, shouldStop }: Conclusion): void {
  if (shouldStop()) throw new Failure('stopped', `stopped on request while ${run.id} was concluded`, again);
}

/** The policy's most likely architecture or, of several drawn from it, the one with the highest reward. */
async function chooseWinner(conclusion: Conclusion): Promise<Judgement> {
  const { settings, state, judgeWith, stream } = conclusion;
  let winner = await judge(judgeWith, argmax(state.policy));
  if (settings.select === 'argmax') return winner;
  const random = randomStream(`${stream}/best-of`);
  for (let i = 1; i < settings.select.bestOf; i++) {
    requireGoingOn(conclusion);
    const drawn = await judge(judgeWith, sample(state.policy, random).decisions);
    if (drawn.reward > winner.reward) winner = drawn;
  }
  return winner;
}

function summary(judgements: readonly Judgement[]) {
  const rewards = judgements.map(({ reward }) => reward);
  const qualities = judgements.map(({ quality }) => quality);
  const best = judgements.reduce((a, b) => (b.reward > a.reward ? b : a));
  return {
    n: judgements.length,
    meanReward: meanOf(rewards),
    deviation: deviationOf(rewards),
    bestReward: best.reward,
    meanQuality: meanOf(qualities),
    bestQuality: best.quality,
    bestDecisions: best.decisions,
  };
}

function missedTargets({ costs }: Judgement, targets: readonly CostTarget[], tolerance: number): string[] {
  return targets.flatMap(({ name }, i) => {
    const { value, target } = costs[i] as { value: number; target: number };
    const distance = value / target - 1;
    if (Math.abs(distance) <= tolerance) return [];
    return [
      `${name} is ${value.toPrecision(4)}, ${(100 * distance).toFixed(1)} % from its target of ${target.toPrecision(4)}`,
    ];
  });
}
