/**
 * The result of a finished run, `result.json`: one schema for a search and one for a training, from which the types of
 * all writers and readers derive.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { integer, list, quantity, readChecked, text, word } from '#core/documents/conform';
import { writeAtomically } from '#core/files/files';
import { jsonText } from '#core/files/json';
import { precisions } from '#networks/tensor/precision';
import { byClassSchema, evaluationSchema, loss, share } from './evaluation.js';
import { extensionSchema } from './run-state.js';

const number = quantity('a number');
const decisions = z.array(integer('the number of an option', 0), { error: 'a list of decisions' }).readonly();

const costSchema = z.object(
  {
    /** The winner's cost; before there is a winner, the mean over the sampled architectures. */
    value: number,
    /** Mean over the architectures that the policy draws; absent in candidates and in runs of older versions. */
    expected: number.optional(),
    /** Cost of the policy's most likely architecture; absent in the same cases. */
    argmax: number.optional(),
    target: number,
  },
  { error: 'a value and a target' },
);

/** Each cost with its target, by name. */
export const costsSchema = z.record(z.string(), costSchema, { error: 'costs by name' });

const candidateSchema = z.object(
  {
    decisions,
    quality: number,
    reward: number,
    costs: costsSchema,
    held: z.object({ top1: share, loss }, { error: 'an evaluation' }),
  },
  { error: 'a candidate' },
);

const randomSchema = z.object(
  {
    n: integer('a number of architectures'),
    meanReward: number,
    /** Standard deviation of the rewards; null for one architecture. */
    deviation: number.nullable(),
    bestReward: number,
    meanQuality: number,
    bestQuality: number,
    bestDecisions: decisions,
  },
  { error: 'a summary' },
);

/** The fields of every result. */
const figures = {
  /** Format of the feature maps in training; absent for full. */
  precision: word(...precisions).optional(),
  /** One option index per choice; empty for a training. */
  decisions,
  quality: number,
  costs: costsSchema,
  /** Null for a training. */
  reward: number.nullable(),
  /** Entropy of the policy in nats, averaged over the choices; null for a training. */
  entropy: number.nullable(),
};

const extensions = z.array(extensionSchema, { error: 'a list of extensions' }).readonly().optional();

export const searchResultSchema = z.object(
  {
    ...figures,
    reward: number,
    entropy: number,
    /** Entropy of the uniform policy with which the search began. */
    entropyAtStart: number,
    /** Entropy as a share of the uniform policy's. */
    relativeEntropy: number,
    /** Evaluation of the winner on the whole validation split. */
    held: evaluationSchema,
    /** Random architectures of the space, evaluated like the winner; null if none were requested. */
    random: randomSchema.nullable(),
    /** A sentence for each target that the winner misses. */
    missed: z.array(z.string(), { error: 'a list of targets' }).readonly(),
    /** The architectures that the winner was chosen from; absent in runs of older versions. */
    candidates: z.array(candidateSchema, { error: 'a list of candidates' }).readonly().default([]),
    /** The random architectures that `random` sums up; absent in runs of older versions and without any. */
    randomCandidates: z.array(candidateSchema, { error: 'a list of candidates' }).readonly().optional(),
    extensions,
  },
  { error: 'a mapping' },
);

export const trainingResultSchema = z.object(
  {
    ...figures,
    test: evaluationSchema,
    /** Evaluation with weights and values rounded as in int8; only after quantization-aware training. */
    int8: evaluationSchema.optional(),
    /** The test images class by class; absent in runs of older versions. */
    byClass: byClassSchema.optional(),
    /** The weights that were evaluated and written: the last ones or their moving average; absent in older runs. */
    weights: word('last', 'average').optional(),
    /** Absent if the classes have no names. */
    classNames: list(text('the name of a class'), 'a list of names').readonly().optional(),
    /** Source of the images; absent in runs of older versions. */
    images: text('where images came from').optional(),
    extensions,
  },
  { error: 'a mapping' },
);

/** The figures of a result, of either kind, that are shown; all optional. */
export const figuresSchema = searchResultSchema
  .pick({ entropyAtStart: true, held: true, random: true })
  .extend({ ...figures, ...trainingResultSchema.pick({ test: true, int8: true, byClass: true, weights: true }).shape })
  .partial();

export type { ByClass, Evaluation } from './evaluation.js';
export type Cost = Readonly<z.output<typeof costSchema>>;
export type Costs = Readonly<Record<string, Cost>>;
export type Candidate = Readonly<z.output<typeof candidateSchema>>;
export type RandomSummary = Readonly<z.output<typeof randomSchema>>;
export type SearchResult = Readonly<z.output<typeof searchResultSchema>>;
export type TrainingResult = Readonly<z.output<typeof trainingResultSchema>>;
export type RunResult = SearchResult | TrainingResult;

/** Name of the file with a training's confusion matrix, for more than 20 classes. */
export const confusionFile = 'confusion.csv';

/** The result's file in the folder of its run. */
export function resultFile(folder: string): string {
  return join(folder, 'result.json');
}

/**
 * The result of a search; a damaged one is a data failure.
 *
 * @param folder  of a finished run of a coarse or fine stage
 */
export function readSearchResult(folder: string): SearchResult {
  return readChecked(resultFile(folder), searchResultSchema);
}

/**
 * The result of a training; a damaged one is a data failure.
 *
 * @param folder  of a finished training run
 */
export function readTrainingResult(folder: string): TrainingResult {
  return readChecked(resultFile(folder), trainingResultSchema);
}

export function writeRunResult(folder: string, result: RunResult): void {
  writeAtomically(resultFile(folder), jsonText(result));
}
