/**
 * `*.study.yaml`: a comparison of ways to search. Each arm is the same config with some values changed; arms are
 * compared by stand-alone trainings of the architectures that they find.
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { conform, integer, list, record, text, word } from '#core/documents/conform';
import { type Located, locateYaml, readText } from '#core/documents/document';
import { type Override, parseOverride } from '#core/documents/overrides';
import { Failure } from '#core/failure';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import { readTrainingRecipe, type TrainingRecipe } from '#tasks/training/recipe';

const count = (what: string) => integer(`a number of ${what} of at least 1`);
const label = z
  .string({ error: 'a name' })
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, { error: 'a name of letters, digits and hyphens' });
const values = z.record(z.string(), z.unknown(), {
  error: 'a mapping of keys of the search config, such as search.steps',
});

const armSchema = record({
  name: label.describe('Name of the arm'),
  set: values.default({}).describe('Values of the config that this arm changes, by dotted key'),
  stages: list(word('coarse', 'fine'), 'a list of coarse and fine')
    .optional()
    .describe("Stages that it runs; by default those of the config; the last one's result is the arm's"),
  draw: count('architectures')
    .optional()
    .describe(
      'Architectures of the coarse space, or with coarseOf of the fine space, to draw uniformly among those on target, instead of a search',
    ),
  runsOf: text('the name of another arm')
    .optional()
    .describe('Another arm, whose runs this arm uses, such as the coarse runs of a search in two stages'),
  coarseOf: text('the name of another arm')
    .optional()
    .describe('Another arm, whose coarse results this arm refines; its stages are then the fine one alone'),
});

export const studySchema = record({
  name: label.describe('Name of the study; its runs lie in a folder of that name'),
  config: text('a file').describe('Search config that all arms change'),
  recipe: text('a file').describe('Training recipe for the stand-alone training of every architecture'),
  measure: word('winners', 'ranking')
    .default('winners')
    .describe(
      "Comparison of the arms' results when trained alone, or of a SuperNet's ranking with that of stand-alone trainings",
    ),
  seeds: count('seeds').default(3).describe('Searches of each arm, one per seed'),
  trainings: count('trainings')
    .default(1)
    .describe('Trainings of each architecture from different weights; their mean counts'),
  set: values.default({}).describe('Values of the config that all arms change, by dotted key'),
  judge: values
    .optional()
    .describe(
      'Values of a config whose coarse SuperNet, with a uniform policy, evaluates the architectures of all arms',
    ),
  arms: list(armSchema, 'a list of arms').describe('Ways to search'),
});

type StudyFile = z.output<typeof studySchema>;

export interface Study extends Omit<StudyFile, 'arms' | 'recipe' | 'config' | 'set' | 'judge'> {
  readonly recipe: TrainingRecipe;
  readonly judge?: LocatedConfig | undefined;
  readonly arms: readonly Arm[];
}

export interface Arm {
  readonly name: string;
  /** Name of the arm whose runs this one uses; by default its own name. */
  readonly runs: string;
  readonly draw?: number | undefined;
  /** Name of the runs whose coarse results the fine stage refines; by default its own. */
  readonly coarseRuns?: string | undefined;
  readonly stages: readonly ('coarse' | 'fine')[];
  /** Returns the arm's config with a seed, counted from 1. */
  config(seed: number): LocatedConfig;
}

/** Reads a study and checks the configs of all arms; a mistake in any is a config failure. */
export function readStudy(file: string): Study {
  const located = locateYaml(file, readText(file));
  const study = conform(located, studySchema);
  const path = (name: string) => resolve(dirname(file), name);
  refuseMistakes(study, located);
  const configWith = (overrides: readonly Override[], seed: number) =>
    readSearchConfig(path(study.config), [...overrides, { path: ['seed'], value: seed, origin: `seed ${seed}` }]);
  const shared = assignments(study.set, file, 'set');
  const arms = study.arms.map((arm, a): Arm => {
    const overrides = [...shared, ...assignments(arm.set, file, `arms[${a}].set`)];
    const config = (seed: number) => configWith(overrides, seed);
    const { coarse, fine } = config(1).config;
    const present = (['coarse', 'fine'] as const).filter((stage) => ({ coarse, fine })[stage] !== undefined);
    const { name, draw, runsOf = name, coarseOf } = arm;
    const { stages = coarseOf === undefined ? present : (['fine'] as const) } = arm;
    return { name, runs: runsOf, draw, coarseRuns: coarseOf, stages, config };
  });
  const { name, measure, seeds, trainings } = study;
  const judge =
    study.judge &&
    configWith([...shared, ...assignments(study.judge, file, 'judge'), ...uniform('judge', 2)], judgeSeed);
  return { name, measure, seeds, trainings, recipe: readTrainingRecipe(path(study.recipe)), judge, arms };
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

/** Turns a mapping of dotted keys into overrides that report mistakes at the study's key. */
function assignments(set: Readonly<Record<string, unknown>>, file: string, key: string): Override[] {
  return Object.entries(set).map(([name, value]) => {
    const { path } = parseOverride(`${name}=0`);
    return { path, value, origin: `${file}: ${key}.${name}` };
  });
}

function refuseMistakes({ arms, measure, judge }: StudyFile, located: Located): void {
  const names = arms.map(({ name }) => name);
  const problems = arms.flatMap(({ name, runsOf, coarseOf, stages, draw }, a) => {
    const again = names.indexOf(name) < a;
    const unknown = runsOf !== undefined && (runsOf === name || !names.includes(runsOf));
    const isLate = coarseOf !== undefined && !names.slice(0, a).includes(coarseOf);
    const isWithoutCoarse = coarseOf === undefined ? stages?.[0] === 'fine' : stages?.includes('coarse');
    const unranked = measure === 'ranking' && draw !== undefined;
    return [
      ...(unranked ? [located.at(['arms', a, 'draw'], 'expected a search, whose SuperNet is ranked; got draw')] : []),
      ...(again ? [located.at(['arms', a, 'name'], `expected a name that no other arm has; got ${name} again`)] : []),
      ...(isLate ? [located.at(['arms', a, 'coarseOf'], `expected the name of an earlier arm; got ${coarseOf}`)] : []),
      ...(isWithoutCoarse
        ? [located.at(['arms', a, 'stages'], 'expected coarse first, or with coarseOf fine alone; got other stages')]
        : []),
      ...(unknown ? [located.at(['arms', a, 'runsOf'], `expected the name of another arm; got ${runsOf}`)] : []),
    ];
  });
  if (judge !== undefined && measure === 'ranking') {
    problems.push(located.at(['judge'], 'expected no judge with measure: ranking; got one'));
  }
  if (problems.length > 0) throw new Failure('config', problems);
}
