/**
 * Runs a study: seed by seed, each arm's search and the stand-alone trainings of its results. Each of them is a
 * separate run; finished runs are not repeated, so that a study that was stopped resumes.
 */
import { join } from 'node:path';
import { meanOf } from '#core/statistics/scoring';
import type { Observer } from '#jobs/observer';
import type { Architecture } from '#networks/space/space';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { Arm } from './arm.js';
import { type Candidate, candidates, type StudyOptions, searchImages } from './candidates.js';
import { requireStudy } from './plan-study.js';
import type { Study } from './study.js';
import { architectureId, type Length, type TrainedAlone, trainedAlone } from './trained-alone.js';
import { judgedAlike } from './uniform-supernet.js';

/** An architecture of an arm: its costs, its accuracy in the SuperNet and its stand-alone accuracy. */
export interface Finding extends Omit<Candidate, 'architecture'> {
  readonly seed: number;
  /** Fingerprint of the architecture; findings with the same one are not independent cases. */
  readonly architecture: string;
  /** Top-1 in the SuperNet of the study's judge, on the validation split; undefined until that is trained. */
  readonly alike?: number | undefined;
  /** Top-1 on the test split after the longest stand-alone training, the mean over the trainings. */
  readonly alone: number;
  /** Its stand-alone trainings, by ascending length. */
  readonly trained: readonly TrainedAlone[];
}

export interface ArmFindings {
  readonly name: string;
  /** Target of the first cost; null if the study states none. */
  readonly target: number | null;
  /** True if all findings are trainings of one given network, which are independent cases. */
  readonly isGiven: boolean;
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
  const parts = partsOf(study);
  for (const [i, { arm, seed }] of parts.entries()) {
    const part = inPhase(options, i + 1, parts.length);
    const aim = arm.target === null ? '' : ` at ${arm.target}`;
    options.context.observer.note(`${study.name}: ${arm.name}${aim}, seed ${seed} of ${study.seeds.at(-1)}`);
    for (const { architecture, ...figures } of await candidates(study, arm, seed, part)) {
      const lengths: TrainedAlone[] = [];
      for (const length of lengthsOf(study, arm, seed)) lengths.push(await trainedAlone(architecture, length, part));
      const alone = meanOf((lengths.at(-1) as TrainedAlone).top1);
      const finding = { seed, architecture: architectureId(architecture), ...figures, alone, trained: lengths };
      trained.push({ arm, architecture, finding });
      await tell(byArm(study, trained));
    }
  }
  const arms = byArm(study, study.judge === undefined ? trained : await judged(study, study.judge, trained, options));
  await tell(arms);
  return arms;
}

/** Returns the searches of the study in their order: all arms with the first seed, then all with the next. */
function partsOf({ seeds, arms }: Study) {
  return seeds.flatMap((seed) => arms.filter((arm) => arm.seeds.includes(seed)).map((arm) => ({ arm, seed })));
}

/** Returns the options with a context that adds the place of an arm's seed among all to what it reports. */
function inPhase(options: StudyOptions, number: number, of: number): StudyOptions {
  const { context } = options;
  const { observer } = context;
  const progress: Observer['progress'] = (fields) => observer.progress({ ...fields, phase: { number, of } });
  return { ...options, context: { ...context, observer: { ...observer, progress } } };
}

/** Returns the lengths for which the architectures of an arm's seed are trained, ascending. */
export function lengthsOf({ epochs, recipe, trainings }: Study, arm: Arm, seed: number): Length[] {
  const first = arm.scaled === undefined ? 0 : (seed - 1) * trainings;
  return epochs.map((length) => ({ recipe: { ...recipe, epochs: length }, first, trainings }));
}

/** An architecture with its arm and its finding. */
interface Trained {
  readonly arm: Arm;
  readonly architecture: Architecture;
  readonly finding: Finding;
}

function byArm({ arms }: Study, trained: readonly Trained[]): ArmFindings[] {
  return arms.map((arm) => ({
    name: arm.name,
    target: arm.target,
    isGiven: arm.scaled !== undefined,
    findings: trained.filter((of) => of.arm === arm).map(({ finding }) => finding),
    searchImages:
      searchImages(arm) +
      searchImages(
        arms.find(({ runs }) => runs === arm.coarseRuns),
        ['coarse'],
      ),
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
