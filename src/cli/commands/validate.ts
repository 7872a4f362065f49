/** `mnv4-nas validate`: checks files without running anything, and prints the schemas that editors check with. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand, type Output } from '#cli/arguments/command-spec';
import { overridesOf, setOption } from '#cli/arguments/run-options';
import { locateYaml, readText } from '#core/documents/document';
import { Failure } from '#core/failure';
import { jsonText } from '#core/files/json';
import { referencesOf } from '#data/sets/set-reference';
import { deviceSchema, readDevice } from '#networks/cost/device';
import { readNetwork, readSpace } from '#networks/space/parse';
import { asSpace } from '#networks/space/print';
import { readRefinement } from '#networks/space/refine';
import { refinementSchema, spaceSchema } from '#networks/space/schema';
import { findFile } from '#networks/zoo/shipped';
import { buildRecipeSchema, readBuildRecipe, teacherOfKind } from '#tasks/distill/build-recipe';
import { readSearchConfig, searchConfigSchema } from '#tasks/search/config/config';
import { stageSettings } from '#tasks/search/config/stage-settings';
import { planCoarse, planFine, standInFor } from '#tasks/search/plan';
import { planStudy } from '#tasks/study/plan-study';
import { readStudy, studySchema } from '#tasks/study/study';
import { readTrainingRecipe, trainingRecipeSchema } from '#tasks/training/recipe';
import { requireNormalisable } from '#tasks/training/requirements';

/** A kind of file: its name, the keys that identify it, its schema, and a check that throws its mistakes. */
interface FileKind {
  readonly name: string;
  readonly keys: readonly string[];
  readonly schema: z.ZodType;
  readonly check: (file: string, set?: readonly string[]) => void;
}

const kinds: readonly FileKind[] = [
  {
    name: 'search config',
    keys: ['search', 'coarse', 'fine', 'cost', 'dataset'],
    schema: searchConfigSchema,
    check: checkConfig,
  },
  { name: 'space', keys: ['stages', 'head', 'input'], schema: spaceSchema, check: readSpace },
  { name: 'refinement', keys: ['refine'], schema: refinementSchema, check: readRefinement },
  {
    name: 'study',
    keys: ['arms', 'measure', 'recipe', 'seeds', 'trainings'],
    schema: studySchema,
    check: (file) => planStudy(readStudy(file)),
  },
  {
    name: 'training recipe',
    keys: ['epochs', 'data', 'optimizer'],
    schema: trainingRecipeSchema,
    check: (file) => readTrainingRecipe(file),
  },
  {
    name: 'dataset recipe',
    keys: ['source', 'validation', 'teacher', 'replicas'],
    schema: buildRecipeSchema,
    check: checkBuildRecipe,
  },
  {
    name: 'device',
    keys: ['peakMacsPerMs', 'peakBytesPerMs', 'bytesPerWeight', 'table', 'source'],
    schema: deviceSchema,
    check: readDevice,
  },
];

export const validate = defineCommand({
  description: 'check configs, spaces, recipes and devices, and every file that they name, without running anything',
  arguments: [{ name: '[files...]', description: 'the files; shipped ones may be named' }],
  options: [
    setOption,
    {
      flag: '--schema <kind>',
      description: `print the JSON Schema of a kind of file: ${kinds.map(({ name }) => name).join(', ')}`,
      suggests: kinds.map(({ name }) => name),
    },
  ],
  examples: [
    'mnv4-nas validate configs/quickstart.yaml configs/recipes/quickstart.dataset.yaml',
    'mnv4-nas validate configs/quickstart.yaml --set search.batch=64',
    'mnv4-nas validate --schema space',
  ],
  run([files], { set, schema }) {
    if (schema !== undefined) return { text: () => schemaText(schema) };
    if (files.length === 0) throw new Failure('usage', 'validate: expected files to check; got none');
    return checked(files.map(findFile), set);
  },
});

/** Checks all files, then fails with the mistakes of all of them. */
function checked(files: readonly string[], set: readonly string[] | undefined): Output {
  const lines: string[] = [];
  const failures: Failure[] = [];
  for (const file of files) {
    try {
      const kind = kindOf(file);
      kind.check(file, set);
      lines.push(`${file}: ${kind.name}, no mistakes`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error);
    }
  }
  const text = () => lines.join('\n');
  const [first] = failures;
  if (first === undefined) return { text };
  const diagnostics = failures.flatMap((failure) => failure.diagnostics);
  return { text, failure: new Failure(first.kind, diagnostics, first.remedy) };
}

/** Returns the kind that has the most keys in common with the file. */
function kindOf(file: string): FileKind {
  const { value } = locateYaml(file, readText(file));
  const keys = Object.keys((value ?? {}) as object);
  const shared = (kind: FileKind) => kind.keys.filter((key) => keys.includes(key)).length;
  const best = kinds.reduce((a, b) => (shared(b) > shared(a) ? b : a));
  if (shared(best) > 0) return best;
  const known = kinds.map(({ name }) => name).join(', ');
  throw new Failure('config', {
    file,
    message: `expected one of these kinds of file: ${known}; got none of their keys`,
  });
}

function checkConfig(file: string, set?: readonly string[]): void {
  const config = readSearchConfig(file, overridesOf({ set }));
  const { dataset, coarse, fine } = config.config;
  const planned = coarse === undefined ? undefined : planCoarse(config);
  if (fine !== undefined && planned !== undefined) planFine(config, standInFor(planned.task));
  else if (fine !== undefined) stageSettings(config, 'fine');
  for (const part of referencesOf(dataset)) if ('recipe' in part) checkBuildRecipe(config.path(part.recipe));
}

function checkBuildRecipe(file: string): void {
  for (const teacher of readBuildRecipe(file).teacher.map(teacherOfKind)) {
    if (teacher.kind !== 'training' && teacher.kind !== 'weights') continue; // runs and weights may come later
    const network = readNetwork(resolve(dirname(file), teacher.network));
    if (teacher.kind === 'weights') continue;
    requireNormalisable(asSpace(network), readTrainingRecipe(resolve(dirname(file), teacher.training)));
  }
}

function schemaText(name: string): string {
  const kind = kinds.find((candidate) => candidate.name === name);
  if (kind === undefined) {
    throw new Failure('usage', `--schema: expected one of ${kinds.map((k) => k.name).join(', ')}; got ${name}`);
  }
  const schema = z.toJSONSchema(kind.schema, { io: 'input', unrepresentable: 'any' });
  return jsonText({ title: `mnv4-nas ${name}`, ...schema });
}
