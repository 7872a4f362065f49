/**
 * Runs a study: seed by seed, each arm's search and the stand-alone trainings of its results. Each of them is a
 * separate run; finished runs are not repeated, so that a study that was stopped resumes.
 */
import { join } from 'node:path';
import type { RunRequest } from '#jobs/job-context';
import { type Costs, readSearchResult } from '#jobs/runs/run-result';
import { targetTable } from '#networks/cost/target';
import { networkKey } from '#networks/space/network-key';
import { readSpace } from '#networks/space/parse';
import { type Architecture, close } from '#networks/space/space';
import type { LocatedConfig } from '#tasks/search/config/config';
import { stageSettings } from '#tasks/search/config/stage-settings';
import { foundArchitecture } from '#tasks/search/finished-stage';
import { onTarget } from '#tasks/search/on-target';
import { planCoarse, planFine, type StagePlan } from '#tasks/search/plan';
import { runStages } from '#tasks/search/run-stages';
import { requireStudy } from './plan-study.js';
import type { Arm, Study } from './study.js';
import { architectureId, trainedAlone } from './trained-alone.js';
import { judgedAlike } from './uniform-supernet.js';

export type StudyOptions = Omit<RunRequest, 'id' | 'profile'>;

/** An architecture of an arm: its costs, its accuracy in the SuperNet and its stand-alone accuracy. */
export interface Finding {
  readonly seed: number;
  /** Fingerprint of the architecture; findings with the same one are not independent cases. */
  readonly architecture: string;
  readonly costs: Costs;
  /** Evaluation in the SuperNet on the validation split; null for an architecture that was drawn. */
  readonly held: { readonly top1: number; readonly loss: number } | null;
  /** Top-1 in the SuperNet of the study's judge, on the validation split; undefined until that is trained. */
  readonly alike?: number | undefined;
  /** Top-1 on the test split after stand-alone training, the mean over the trainings. */
  readonly alone: number;
}

export interface ArmFindings {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Images that one search of the arm trains its SuperNets on; an image counts each time it is used. */
  readonly searchImages: number;
}

/** @param tell  receives the findings so far after each architecture */
export async function runStudy(
  study: Study,
  options: StudyOptions,
  tell: (arms: readonly ArmFindings[]) => Promise<void>,
): Promise<ArmFindings[]> {
  await requireStudy(study);
  const trained: Trained[] = [];
  for (let seed = 1; seed <= study.seeds; seed++) {
    for (const arm of study.arms) {
      options.context.observer.note(`${study.name}: ${arm.name}, seed ${seed} of ${study.seeds}`);
      for (const { architecture, ...figures } of await candidates(study, arm, seed, options)) {
        const alone = await trainedAlone(architecture, study.recipe, study.trainings, options);
        const finding = { seed, architecture: architectureId(architecture), ...figures, alone };
        trained.push({ arm: arm.name, architecture, finding });
        await tell(byArm(study, trained));
      }
    }
  }
  const arms = byArm(study, study.judge === undefined ? trained : await judged(study, study.judge, trained, options));
  await tell(arms);
  return arms;
}

/** An architecture with its arm and its finding. */
interface Trained {
  readonly arm: string;
  readonly architecture: Architecture;
  readonly finding: Finding;
}

function byArm({ arms }: Study, trained: readonly Trained[]): ArmFindings[] {
  return arms.map((arm) => ({
    name: arm.name,
    findings: trained.filter((of) => of.arm === arm.name).map(({ finding }) => finding),
    searchImages: searchImages(arm) + searchImages(arms.find(({ name }) => name === arm.coarseRuns)),
  }));
}

/** Adds to each finding the architecture's top-1 in the SuperNet of the judge. */
async function judged(
  { name }: Study,
  judge: LocatedConfig,
  trained: readonly Trained[],
  options: StudyOptions,
): Promise<Trained[]> {
  options.context.observer.note(`${name}: evaluating all architectures in one SuperNet with a uniform policy`);
  const architectures = trained.map(({ architecture }) => architecture);
  const root = join(options.root, name);
  const accuracies = await judgedAlike(judge, architectures, { ...options, root, id: 'judge' });
  return trained.map((of, i) => ({ ...of, finding: { ...of.finding, alike: accuracies[i] } }));
}

type Candidate = Pick<Finding, 'costs' | 'held'> & { readonly architecture: Architecture };

/**
 * Returns the architectures of the arm that are trained alone: in a ranking all that its SuperNet evaluated, else those
 * that it found or drew.
 */
async function candidates(study: Study, arm: Arm, seed: number, options: StudyOptions): Promise<Candidate[]> {
  const config = arm.config(seed);
  const id = `${arm.runs}-${seed}`;
  const root = join(options.root, study.name);
  const coarseRun = join(root, `${arm.coarseRuns ?? arm.runs}-${seed}-coarse`);
  if (arm.draw !== undefined) {
    if (arm.coarseRuns !== undefined) return drawn(planFine(config, foundArchitecture(coarseRun)), arm.draw);
    return seed === 1 ? drawn(planCoarse(config), arm.draw) : [];
  }
  await runStages(config, { ...options, root, id }, arm.stages, coarseRun);
  const folder = join(root, `${id}-${arm.stages.at(-1)}`);
  return study.measure === 'winners' ? [winner(folder)] : ranked(folder);
}

function drawn({ task }: StagePlan, count: number): Candidate[] {
  const { space, targets } = task;
  const table = targetTable(space, targets);
  return onTarget(task, count).map((decisions) => {
    const values = table.evaluate(decisions);
    const costs = targets.map(({ name, target }, i) => [name, { value: values[i] as number, target }]);
    return { architecture: close(space, decisions), held: null, costs: Object.fromEntries(costs) };
  });
}

function winner(folder: string): Candidate {
  const { held, costs } = readSearchResult(folder);
  return { architecture: foundArchitecture(folder), held, costs };
}

/** Returns each network once, with its first evaluation in the SuperNet: a policy may draw one several times. */
function ranked(folder: string): Candidate[] {
  const space = readSpace(join(folder, 'space.yaml'));
  const networks = new Map<string, Candidate>();
  for (const { decisions, held, costs } of readSearchResult(folder).candidates) {
    const architecture = close(space, decisions);
    const key = networkKey(architecture);
    if (!networks.has(key)) networks.set(key, { architecture, held, costs });
  }
  return [...networks.values()];
}

/** Returns the number of training images over all stages of one search; 0 for an arm that draws, and for none. */
function searchImages(arm: Arm | undefined): number {
  if (arm === undefined || arm.draw !== undefined) return 0;
  const { stages, config } = arm;
  const images = stages.map((stage) => {
    const { steps, samplesPerStep, batch } = stageSettings(config(1), stage);
    return steps * samplesPerStep * batch;
  });
  return images.reduce((a, b) => a + b, 0);
}
