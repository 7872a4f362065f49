/** Training, evaluating and exporting one network. */
import { join } from 'node:path';
import { openSet } from '#data/sets/built-set';
import type { Batch } from '#data/sets/loader';
import { readTrainingResult } from '#jobs/runs/run-result';
import { workersOf } from '#jobs/workers/workers-of';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { openBackend } from '#networks/tensor/backend';
import { findRecipe } from '#networks/zoo/shipped';
import { exportRun } from '#tasks/project/export-run';
import { evaluateByClass, splitImages } from '#tasks/training/evaluate';
import { readFinishedRun } from '#tasks/training/finished-run';
import { microBatchesOf, readTrainingRecipe } from '#tasks/training/recipe';
import { requireFit } from '#tasks/training/requirements';
import { train as trainIn } from '#tasks/training/train';
import { inContext, overridesOf } from './in-context.js';
import type { JobOptions } from './job-options.js';
import { readNetworkReference } from './reference.js';

/** Accuracy and loss on a split. */
export interface Evaluation {
  readonly split: string;
  /** Number of images. */
  readonly n: number;
  /** Share of the images whose class is the most probable one, with its 95 % Wilson interval. */
  readonly top1: number;
  readonly top1Interval: readonly [number, number];
  /** Share of the images whose class is among the five most probable ones. */
  readonly top5: number;
  /** Mean cross-entropy against the labels of the split, in nats. */
  readonly loss: number;
}

/** A trained network. */
export interface TrainedNetwork {
  /** Folder of the run, for `evaluate` and `exportNetwork`. */
  readonly run: string;
  readonly test: Evaluation;
}

/**
 * Trains a network from scratch and evaluates it on the test split. A second call with the same `id` resumes.
 *
 * @param network  as in `describe`; the folder of a search's run stands for the network that it found; for a recipe that
 *                 quantizes the folder of a finished training run
 * @param recipe   a training recipe (`*.train.yaml`), or the name of a shipped one, such as `fashion-mnist.train`
 * @throws Failure `backend`, `config`, `data` or `stopped`, as in `search`
 */
export async function train(network: string, recipe: string, options: JobOptions = {}): Promise<TrainedNetwork> {
  const read = readTrainingRecipe(findRecipe(recipe), overridesOf(options));
  const start = read.quantize && readFinishedRun(network);
  const architecture = start?.network ?? readNetworkReference(network);
  const request = { root: options.root ?? 'runs', id: options.id ?? `${read.name}-train`, resume: 'allow' } as const;
  const { backend = 'tensorflow' } = options;
  const workers = workersOf({ ...options, backend }, microBatchesOf(read), 'the micro-batches of the recipe');
  await inContext(workers, options, (context) => trainIn(architecture, read, { ...request, context }, start));
  const run = join(request.root, request.id);
  return { run, test: evaluationOf(run) };
}

/** The recorded evaluation of a finished training run. */
export function evaluationOf(run: string): Evaluation {
  return publicEvaluation(readTrainingResult(run).test);
}

/**
 * Evaluates a trained network on a split of a distillation set.
 *
 * @param run  folder of a finished training run
 * @param set  the folder of a set, or the recipe of a built one: a file (`*.dataset.yaml`) or a shipped name
 * @throws Failure `backend`, `data` or `config`
 */
export async function evaluate(
  run: string,
  set: { readonly folder: string } | { readonly recipe: string },
  { split = 'test', backend = 'tensorflow' }: EvaluateOptions = {},
): Promise<Evaluation> {
  const images = openSet('recipe' in set ? { recipe: findRecipe(set.recipe) } : set);
  openBackend({ backend });
  const { network, weights } = readFinishedRun(run);
  requireFit(network, images.manifest.shape, images.manifest.classes);
  const { model, forward, statistics } = frozenNetwork(network, weights);
  const logits = (batch: Batch) => model.logits(forward, batch, statistics);
  return publicEvaluation((await evaluateByClass(splitImages(images.split(split)), logits)).evaluation);
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** The split: the images that networks train on, those that searches validate on (`held`), or the test images. */
  readonly split?: 'train' | 'held' | 'test';
  /** Backend; `JobOptions` explains them. */
  readonly backend?: 'tensorflow' | 'cpu';
}

function publicEvaluation({ split, n, top1, top1Interval, top5, loss }: Evaluation): Evaluation {
  return { split, n, top1, top1Interval, top5, loss };
}

/** Formats of exports. */
export type Format = 'onnx' | 'tfjs' | 'litert' | 'web' | 'timm' | 'safetensors';

/**
 * Exports a trained network to a new folder, and compares the logits of the files in the format's runtime with ours.
 *
 * @param run     folder of a finished training run
 * @param folder  the folder to make
 * @returns a warning if the logits were not compared, since the runtime is not installed; else undefined
 * @throws Failure `data` if the folder exists or the run is damaged
 */
export async function exportNetwork(
  run: string,
  format: Format,
  folder: string,
  { int8 = false }: ExportOptions = {},
): Promise<string | undefined> {
  openBackend();
  return exportRun(run, format, folder, int8);
}

/** Options of `exportNetwork`. */
export interface ExportOptions {
  /**
   * Also write the network in int8, quantized with training images of the run, in the formats that have it: onnx, litert
   * and web. `int8.json` then has its accuracy on the run's test images.
   */
  readonly int8?: boolean;
}
