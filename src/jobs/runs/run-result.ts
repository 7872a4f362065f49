/**
 * The outcome of a finished run, `result.json`: one schema for that of a search and one for that of a training, which the
 * types of all writers and readers follow.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { integer, list, quantity, readChecked, text } from '#core/documents/conform';
import { writeAtomically } from '#core/files/files';
import { jsonText } from '#core/files/json';
import { extensionSchema } from './run-state.js';

const number = quantity('a number');
const share = quantity('a share from 0 to 1', { min: 0, max: 1 });
const loss = quantity('a loss in nats');
const decisions = z.array(integer('the number of an option', 0), { error: 'a list of decisions' }).readonly();

/** Accuracy and loss of a network on a split. */
const evaluationSchema = z.object(
  {
    split: text('a split'),
    n: integer('a number of images'),
    top1: share,
    /** 95 %, Wilson. */
    top1Interval: z.tuple([share, share], { error: 'two shares' }).readonly(),
    top5: share,
    /** Mean cross-entropy against the split's soft labels, in nats. */
    loss,
  },
  { error: 'an evaluation' },
);

const costSchema = z.object(
  {
    /** The winner's; before there is one, the mean over the architectures sampled. */
    value: number,
    /** The mean over the architectures that the policy draws; a candidate and runs of older versions lack it. */
    expected: number.optional(),
    /** That of the policy's most likely architecture, missing likewise. */
    argmax: number.optional(),
    target: number,
  },
  { error: 'a value and a target' },
);

/** Each cost next to its target, by its name. */
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

/** What every result has. */
const figures = {
  /** One option index per choice; empty in a training's. */
  decisions,
  quality: number,
  costs: costsSchema,
  /** Null in a training's. */
  reward: number.nullable(),
  /** Entropy of the policy in nats, the mean over the choices; null in a training's. */
  entropy: number.nullable(),
};

const extensions = z.array(extensionSchema, { error: 'a list of extensions' }).readonly().optional();

export const searchResultSchema = z.object(
  {
    ...figures,
    reward: number,
    entropy: number,
    /** Entropy of the uniform policy that the search began with. */
    entropyAtStart: number,
    /** Entropy as a share of that of the uniform policy. */
    relativeEntropy: number,
    /** The winner on the whole held-out split. */
    held: evaluationSchema,
    /** Random architectures of the space, evaluated like the winner; null where none were asked for. */
    random: randomSchema.nullable(),
    /** A sentence for each target that the winner misses. */
    missed: z.array(z.string(), { error: 'a list of targets' }).readonly(),
    /** The architectures that might have won; runs of older versions lack them. */
    candidates: z.array(candidateSchema, { error: 'a list of candidates' }).readonly().default([]),
    extensions,
  },
  { error: 'a mapping' },
);

export const trainingResultSchema = z.object(
  {
    ...figures,
    test: evaluationSchema,
    /** Missing where nobody named the classes. */
    classNames: list(text('the name of a class'), 'a list of names').readonly().optional(),
    /** Where the images came from; runs of older versions lack it. */
    images: text('where images came from').optional(),
    extensions,
  },
  { error: 'a mapping' },
);

/** What is shown of a result of either kind, also of one that lacks some of it. */
export const figuresSchema = searchResultSchema
  .pick({ entropyAtStart: true, held: true, random: true })
  .extend(figures)
  .partial();

export type Evaluation = Readonly<z.output<typeof evaluationSchema>>;
export type Cost = Readonly<z.output<typeof costSchema>>;
export type Costs = Readonly<Record<string, Cost>>;
export type Candidate = Readonly<z.output<typeof candidateSchema>>;
export type RandomSummary = Readonly<z.output<typeof randomSchema>>;
export type SearchResult = Readonly<z.output<typeof searchResultSchema>>;
export type TrainingResult = Readonly<z.output<typeof trainingResultSchema>>;
export type RunResult = SearchResult | TrainingResult;

/** The result's file in the folder of its run. */
export function resultFile(folder: string): string {
  return join(folder, 'result.json');
}

/** @param folder  of a finished run of a coarse or fine stage; a damaged result is a data failure */
export function readSearchResult(folder: string): SearchResult {
  return readChecked(resultFile(folder), searchResultSchema);
}

/** @param folder  of a finished training run; a damaged result is a data failure */
export function readTrainingResult(folder: string): TrainingResult {
  return readChecked(resultFile(folder), trainingResultSchema);
}

export function writeRunResult(folder: string, result: RunResult): void {
  writeAtomically(resultFile(folder), jsonText(result));
}
