/** A finished training run as others use it: its network and weights, what it reached, and its images. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { readJson } from '../core/files.js';
import { datasets } from '../data/datasets.js';
import { isRun, readState } from '../runs/run-state.js';
import type { Tensors } from '../runs/safetensors.js';
import { readNetwork } from '../space/parse.js';
import type { Architecture } from '../space/space.js';
import type { Evaluation } from './evaluate.js';
import { readNetworkWeights } from './network-weights.js';
import { type OpenedData, openTrainingData } from './open-training-data.js';
import { readTrainingRecipe, type TrainingRecipe } from './recipe.js';
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
  readonly environment: { readonly program?: string; readonly commit?: string | null };
  readonly recipe: TrainingRecipe;
}

/** Whether the folder is that of a run with weights of its own: a training's, done. */
export function hasWeights(folder: string): boolean {
  return isRun(folder) && readState(folder).status === 'done' && existsSync(join(folder, weightsFile));
}

export function readFinishedRun(folder: string): FinishedRun {
  const { id } = readState(folder);
  const network = readNetwork(join(folder, 'architecture.yaml'));
  const result = readJson(join(folder, 'result.json')) as Pick<FinishedRun, 'test' | 'classNames' | 'images'>;
  const environment = readJson(join(folder, 'environment.json')) as FinishedRun['environment'] & {
    readonly recipeFolder?: string;
  };
  const recipe = readTrainingRecipe(join(folder, 'config.yaml'));
  return {
    id,
    network,
    weights: readNetworkWeights(network, join(folder, weightsFile)),
    test: result.test,
    classNames: result.classNames ?? knownClassNames(recipe),
    images: result.images,
    environment,
    recipe: { ...recipe, base: environment.recipeFolder ?? recipe.base },
  };
}

/** The classes of a data set that we know, for runs of versions that did not note them. */
function knownClassNames({ data }: TrainingRecipe): readonly string[] | undefined {
  return 'source' in data && 'dataset' in data.source ? datasets[data.source.dataset].classNames : undefined;
}

/** The images that a run was trained and tested on; where they lie no more it is a data failure with a remedy of this. */
export function openRunImages({ recipe }: FinishedRun, remedy: string): OpenedData {
  try {
    return openTrainingData(recipe);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.kind, error.diagnostics, remedy);
  }
}
