/** A finished training run as others use it: its network and weights, what it reached, and its images. */
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
  /** Of the images; undefined where nobody named them. */
  readonly classNames: readonly string[] | undefined;
  /** Where the images came from; undefined in runs of versions that did not note it. */
  readonly images: string | undefined;
  /** The program's version and the commit of its clone that trained it. */
  readonly environment: { readonly program?: string | undefined; readonly commit?: string | null | undefined };
  readonly recipe: TrainingRecipe;
}

/** Whether the folder is that of a run with weights of its own: a training's, done. */
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

/** What a finished training run reached on its test images. */
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
    const message = `classNames: expected ${network.classes} names as the network has classes; got ${classNames.length}`;
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

/** The classes of a data set that we know, for runs of versions that did not note them. */
function knownClassNames(recipe: TrainingRecipe): readonly string[] | undefined {
  const data = dataOfKind(recipe);
  const source = data.kind === 'source' ? sourceOfKind(data.source) : undefined;
  return source?.kind === 'known' ? datasets[source.dataset].classNames : undefined;
}

/** The images that a run was trained and tested on; where they lie no more it is a data failure with a remedy of this. */
export function openRunImages({ recipe, network }: FinishedRun, remedy: string): OpenedData {
  try {
    return openTrainingData(recipe, network.classes);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.kind, error.diagnostics, remedy);
  }
}
