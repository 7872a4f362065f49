/**
 * `*.study.yaml`: a comparison of ways to search. Each arm is the same config with some values changed; arms are
 * compared by stand-alone trainings of the architectures that they find.
 */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { conform, list, quantity, record, text, word } from '#core/documents/conform';
import { type Located, locateYaml, readText } from '#core/documents/document';
import type { Override } from '#core/documents/overrides';
import { type Diagnostic, Failure } from '#core/failure';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import { readScratchRecipe, type TrainingRecipe } from '#tasks/training/recipe';
import { type Arm, armOf, armSchema, assignments, count, label, values } from './arm.js';

export const studySchema = record({
  name: label.describe('Name of the study; its runs lie in a folder of that name'),
  config: text('a file').describe('Search config that all arms change'),
  recipe: text('a file').describe('Training recipe for the stand-alone training of every architecture'),
  measure: word('winners', 'ranking', 'lengths')
    .default('winners')
    .describe(
      "Comparison of the arms' results when trained alone, of a SuperNet's ranking with that of stand-alone trainings, or of stand-alone trainings of several lengths",
    ),
  seeds: count('seeds').default(3).describe('Searches of each arm, one per seed'),
  trainings: count('trainings')
    .default(1)
    .describe('Trainings of each architecture from different weights; their mean counts'),
  epochs: list(quantity('a number of epochs above 0', { min: 1e-6, max: 1e6 }), 'a list of epochs')
    .optional()
    .describe('With measure: lengths, the lengths of the stand-alone trainings, instead of that of the recipe'),
  set: values.default({}).describe('Values of the config that all arms change, by dotted key'),
  targets: list(quantity('a target above 0', { min: 1e-6, max: 1e18 }), 'a list of targets')
    .optional()
    .describe("Targets of the config's first cost, in its unit: every arm has a search for each of them"),
  judge: values
    .optional()
    .describe(
      'Values of a config whose coarse SuperNet, with a uniform policy, evaluates the architectures of all arms',
    ),
  arms: list(armSchema, 'a list of arms').describe('Ways to search'),
});

type StudyFile = z.output<typeof studySchema>;

type Resolved = 'arms' | 'recipe' | 'config' | 'set' | 'judge' | 'targets' | 'epochs' | 'seeds';

export interface Study extends Omit<StudyFile, Resolved> {
  /** Seeds of the searches, ascending. */
  readonly seeds: readonly number[];
  readonly recipe: TrainingRecipe;
  /** Lengths of the stand-alone trainings, ascending; that of the recipe unless the study compares several. */
  readonly epochs: readonly number[];
  readonly judge?: LocatedConfig | undefined;
  /** All arms for the first target, then all for the next. */
  readonly arms: readonly Arm[];
}

/** The seeds, arms and targets to run; all of them by default. */
export interface StudyPart {
  readonly seeds?: SeedRange | undefined;
  /** Names of arms. */
  readonly arms?: readonly string[] | undefined;
  /** Some of the study's targets. */
  readonly targets?: readonly number[] | undefined;
}

/** Seeds from the first to the last of these. */
export type SeedRange = readonly [first: number, last: number];

/**
 * Reads a study and checks the configs of all arms; a mistake in any is a config failure.
 *
 * @param part  what to run of it; seeds, arms and targets that it lacks are a usage failure
 */
export function readStudy(file: string, part: StudyPart = {}): Study {
  const located = locateYaml(file, readText(file));
  const study = conform(located, studySchema);
  const path = (name: string) => resolve(dirname(file), name);
  refuseMistakes(study, located);
  refuseMissing(study, part);
  const configWith = (overrides: readonly Override[], seed: number) =>
    readSearchConfig(path(study.config), [...overrides, { path: ['seed'], value: seed, origin: `seed ${seed}` }]);
  const shared = assignments(study.set, file, 'set');
  const aims = study.targets?.map((target, t) => ({ target, t })) ?? [null];
  const seeds = seedsOf(study.seeds, part.seeds);
  const arms = aims.flatMap((aim) =>
    study.arms.map((arm, a) => {
      const isRun = contains(part.arms, arm.name) && (aim === null || contains(part.targets, aim.target));
      return armOf({ located, arm, a, aim, seeds: isRun ? seeds : [], shared, configWith });
    }),
  );
  const { name, measure, trainings } = study;
  const recipe = readScratchRecipe(path(study.recipe));
  const epochs = [...(study.epochs ?? [recipe.epochs])].sort((a, b) => a - b);
  const judge =
    study.judge &&
    configWith([...shared, ...assignments(study.judge, file, 'judge'), ...uniform('judge', 2)], judgeSeed);
  return { name, measure, seeds, trainings, recipe, epochs, judge, arms };
}

/** Refuses a part of a study with seeds, arms or targets that the study lacks. */
function refuseMissing(study: StudyFile, { seeds: [first, last] = [1, 1], arms, targets }: StudyPart): void {
  if (last > study.seeds) {
    throw new Failure('usage', `--seeds: expected seeds from 1 to ${study.seeds}; got ${first}-${last}`);
  }
  const names = study.arms.map(({ name }) => name);
  refuseOthers('arms', names, arms);
  refuseOthers('targets', study.targets ?? [], targets);
}

function refuseOthers<T>(what: string, known: readonly T[], asked: readonly T[] = []): void {
  const others = asked.filter((one) => !known.includes(one));
  if (others.length === 0) return;
  const message = `--${what}: expected ${what} of the study, ${known.join(', ') || 'which has none'}; got ${others.join(', ')}`;
  throw new Failure('usage', message);
}

function contains<T>(part: readonly T[] | undefined, one: T): boolean {
  return part === undefined || part.includes(one);
}

function seedsOf(count: number, [first, last]: SeedRange = [1, count]): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

const judgeSeed = 0; // the arms' seeds begin at 1

/**
 * Returns the overrides that make a search train its SuperNet with a uniform policy and evaluate a number of
 * `candidates` on target.
 */
export function uniform(origin: string, candidates: number): Override[] {
  return [
    { path: ['search', 'strategy'], value: 'random', origin },
    { path: ['search', 'select'], value: { bestOf: candidates }, origin },
  ];
}

function refuseMistakes(study: StudyFile, located: Located): void {
  const problems = [...study.arms.flatMap((_, a) => armMistakes(study, a, located)), ...studyMistakes(study, located)];
  if (problems.length > 0) throw new Failure('config', problems);
}

function armMistakes({ arms, measure }: StudyFile, a: number, located: Located): Diagnostic[] {
  const { name, runsOf, coarseOf, stages, draw, scaled } = arms[a] as StudyFile['arms'][number];
  const names = arms.map((arm) => arm.name);
  const isLate = coarseOf !== undefined && !names.slice(0, a).includes(coarseOf);
  const isUnknown = runsOf !== undefined && (runsOf === name || !names.includes(runsOf));
  const isWithoutCoarse = coarseOf === undefined ? stages?.[0] === 'fine' : stages?.includes('coarse');
  const mistakes: readonly (readonly [is: boolean | undefined, key: string, message: string])[] = [
    [measure === 'ranking' && draw !== undefined, 'draw', 'expected a search, whose SuperNet is ranked; got draw'],
    [
      measure === 'ranking' && scaled !== undefined,
      'scaled',
      'expected a search, whose SuperNet is ranked; got scaled',
    ],
    [draw !== undefined && scaled !== undefined, 'scaled', 'expected either draw or scaled; got both'],
    [names.indexOf(name) < a, 'name', `expected a name that no other arm has; got ${name} again`],
    [isLate, 'coarseOf', `expected the name of an earlier arm; got ${coarseOf}`],
    [isWithoutCoarse, 'stages', 'expected coarse first, or with coarseOf fine alone; got other stages'],
    [isUnknown, 'runsOf', `expected the name of another arm; got ${runsOf}`],
  ];
  return mistakes.filter(([is]) => is).map(([, key, message]) => located.at(['arms', a, key], message));
}

function studyMistakes({ measure, judge, epochs }: StudyFile, located: Located): Diagnostic[] {
  const isJudged = judge !== undefined && measure !== 'winners';
  const isEarly = epochs !== undefined && measure !== 'lengths';
  const isShort = measure === 'lengths' && (epochs?.length ?? 0) < 2;
  return [
    ...(isJudged ? [located.at(['judge'], `expected no judge with measure: ${measure}; got one`)] : []),
    ...(isEarly ? [located.at(['epochs'], `expected no epochs with measure: ${measure}; got some`)] : []),
    ...(isShort ? [located.at(['epochs'], 'expected at least two lengths with measure: lengths; got fewer')] : []),
  ];
}
