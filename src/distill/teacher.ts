/** Teachers that dataset recipes name: networks of ours, trained here if they are not yet. */
import { dirname, join, resolve } from 'node:path';
import { cacheFolder } from '../core/cache.js';
import { readText } from '../core/document.js';
import { Failure } from '../core/failure.js';
import { sha256 } from '../core/files.js';
import type { ImageSource } from '../data/image-source.js';
import { isRun, readState } from '../runs/run-state.js';
import { readNetwork } from '../space/parse.js';
import { readTrainingRecipe, sharesOf, type TrainingRecipe } from '../train/recipe.js';
import { type RunOptions, requireFit, train } from '../train/start-training.js';
import { readTrainedNetwork, type TrainedNetwork } from '../train/trained-network.js';
import type { TeacherReference } from './build-recipe.js';
import type { LoadTeachers, Teacher } from './build-teacher.js';

type TeacherOptions = Omit<RunOptions, 'root' | 'id' | 'resume'>;

/** Loads teachers, training those that a recipe describes and nobody trained yet; their runs lie in the cache. */
export function teacherLoader(options: TeacherOptions): LoadTeachers {
  return async (references, { recipeFile, source }) => {
    const folders: string[] = [];
    for (const reference of references) folders.push(await teacherFolder(reference, dirname(recipeFile), options));
    const networks = folders.map(readTrainedNetwork);
    for (const { network } of networks) requireFit(network, source.shape, source.classes);
    return averaged(networks, source);
  };
}

/** The most shares that a step of the teachers' trainings has. */
export function teacherShares(references: readonly TeacherReference[], recipeFile: string): number {
  const trainings = references.flatMap((reference) => ('run' in reference ? [] : [reference.training]));
  return Math.max(1, ...trainings.map((file) => sharesOf(readTrainingRecipe(resolve(dirname(recipeFile), file)))));
}

async function teacherFolder(reference: TeacherReference, base: string, options: TeacherOptions): Promise<string> {
  if ('run' in reference) return trainedRun(resolve(base, reference.run));
  const network = resolve(base, reference.network);
  const training = resolve(base, reference.training);
  const recipe = readTrainingRecipe(training);
  const root = join(cacheFolder(), 'teachers');
  const id = `${recipe.name}-${sha256(readText(network), readText(training), imagesOf(recipe)).slice(0, 12)}`;
  await train(readNetwork(network), recipe, { ...options, root, id, resume: 'allow' });
  return join(root, id);
}

/** Where a recipe's images lie, as far as it names a place: the same text in another folder may mean other images. */
function imagesOf({ data, base }: TrainingRecipe): string {
  const named = 'source' in data ? data.source.folder : 'recipe' in data ? data.recipe : data.folder;
  return named === undefined ? '' : resolve(base, named);
}

function trainedRun(folder: string): string {
  if (isRun(folder) && readState(folder).status === 'done') return folder;
  throw new Failure('data', {
    file: folder,
    message: 'expected the folder of a finished training run as teacher; got none',
  });
}

/** The mean of the networks' probabilities. */
function averaged(networks: readonly TrainedNetwork[], { classes }: ImageSource): Teacher {
  return {
    name: networks.map(({ network }) => network.name).join('+'),
    fingerprint: sha256(...networks.map(({ fingerprint }) => fingerprint)),
    predict(images, n) {
      const mean = new Float32Array(n * classes);
      for (const { model, forward, statistics } of networks) {
        const probabilities = model.probabilities(forward, { n, images }, statistics);
        for (let i = 0; i < mean.length; i++)
          mean[i] = (mean[i] as number) + (probabilities[i] as number) / networks.length;
      }
      return mean;
    },
  };
}
