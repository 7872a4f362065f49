/** A finished training run: its network and weights, its evaluation, and its images. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readChecked, text } from '#core/documents/conform';
import { Failure } from '#core/failure';
import type { Tensors } from '#data/files/safetensors';
import { datasets } from '#data/images/datasets';
import { sourceOfKind } from '#data/images/source-schema';
import { type Evaluation, readTrainingResult, resultFile } from '#jobs/runs/run-result';
import { isRun, readState } from '#jobs/runs/run-state';
import { readNetwork } from '#networks/space/parse';
import type { Architecture } from '#networks/space/space';
import { readNetworkWeights } from '#networks/weights/network-weights';
import { type OpenedData, openTrainingData } from './open-training-data.js';
import { readTrainingRecipe, type TrainingRecipe } from './recipe.js';
import { dataOfKind } from './recipe-data.js';
import { weightsFile } from './trained-network.js';

export interface FinishedRun {
  readonly id: string;
  readonly network: Architecture;
  readonly weights: Tensors;
  readonly test: Evaluation;
  /** Class names of the images; undefined if unknown. */
  readonly classNames: readonly string[] | undefined;
  /** Origin of the images; undefined in runs of older versions, which did not record it. */
  readonly images: string | undefined;
  /** Version of the program that trained the network, and the commit of its clone. */
  readonly environment: { readonly program?: string | undefined; readonly commit?: string | null | undefined };
  readonly recipe: TrainingRecipe;
}

/** True for the folder of a finished training run, which has weights. */
export function hasWeights(folder: string): boolean {
  return isRun(folder) && readState(folder).status === 'done' && existsSync(join(folder, weightsFile));
}

const environmentSchema = z.object(
  {
    program: text('a version').optional(),
    commit: text('a commit').nullish(),
    recipeFolder: text('a folder').optional(),
  },
  { error: 'a mapping' },
);

/** Returns the evaluation of a finished training run on its test images. */
export function readEvaluation(folder: string): Evaluation {
  return readTrainingResult(folder).test;
}

export function readFinishedRun(folder: string): FinishedRun {
  const { id } = readState(folder);
  const network = readNetwork(join(folder, 'architecture.yaml'));
  const result = readTrainingResult(folder);
  const { recipeFolder, ...environment } = readChecked(join(folder, 'environment.json'), environmentSchema);
  const recipe = readTrainingRecipe(join(folder, 'config.yaml'), [], () => {});
  const classNames = result.classNames ?? knownClassNames(recipe);
  if (classNames !== undefined && classNames.length !== network.classes) {
    const message = `classNames: expected ${network.classes} names, one per class; got ${classNames.length}`;
    throw new Failure('data', { file: resultFile(folder), message });
  }
  return {
    id,
    network,
    weights: readNetworkWeights(network, join(folder, weightsFile)),
    test: result.test,
    classNames,
    images: result.images,
    environment,
    recipe: { ...recipe, base: recipeFolder ?? recipe.base },
  };
}

/** Returns the class names of a known data set, for runs of older versions, which did not record them. */
function knownClassNames(recipe: TrainingRecipe): readonly string[] | undefined {
  const data = dataOfKind(recipe);
  const source = data.kind === 'source' ? sourceOfKind(data.source) : undefined;
  return source?.kind === 'known' ? datasets[source.dataset].classNames : undefined;
}

/** Opens the images that a run was trained and tested on; a failure, such as missing images, gets the given remedy. */
export async function openRunImages({ recipe, network }: FinishedRun, remedy: string): Promise<OpenedData> {
  try {
    return await openTrainingData(recipe, network.classes);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.kind, error.diagnostics, remedy);
  }
}
