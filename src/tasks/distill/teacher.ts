/** Teachers that dataset recipes name: networks of ours, trained here if they are not yet, and ONNX models. */
import { dirname, join, resolve } from 'node:path';
import { readText } from '#core/documents/document';
import { Failure } from '#core/failure';
import { cacheFolder } from '#core/files/cache';
import { readBytes, sha256 } from '#core/files/files';
import type { ImageSource } from '#data/images/image-source';
import { isRun, readState } from '#jobs/runs/run-state';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { readNetwork } from '#networks/space/parse';
import { readGivenWeights } from '#networks/weights/network-weights';
import { microBatchesOf, readTrainingRecipe, type TrainingRecipe } from '#tasks/training/recipe';
import { type RunOptions, requireFit, train } from '#tasks/training/start-training';
import { readTrainedNetwork, type TrainedNetwork } from '#tasks/training/trained-network';
import type { TeacherReference } from './build-recipe.js';
import type { LoadTeachers, Teacher } from './build-teacher.js';
import { onnxTeacher } from './onnx-teacher.js';

type TeacherOptions = Omit<RunOptions, 'root' | 'id' | 'resume'>;

/** Loads teachers, training those that a recipe describes and nobody trained yet; their runs lie in the cache. */
export function teacherLoader(options: TeacherOptions): LoadTeachers {
  return async (references, { recipeFile, source }) => {
    const teachers: Teacher[] = [];
    for (const reference of references) teachers.push(await teacherOf(reference, dirname(recipeFile), source, options));
    return averaged(teachers, source);
  };
}

/** The most micro-batches that a step of the teachers' trainings has. */
export function teacherMicroBatches(references: readonly TeacherReference[], recipeFile: string): number {
  const trainings = references.flatMap((reference) => ('training' in reference ? [reference.training] : []));
  return Math.max(
    1,
    ...trainings.map((file) => microBatchesOf(readTrainingRecipe(resolve(dirname(recipeFile), file)))),
  );
}

async function teacherOf(
  reference: TeacherReference,
  base: string,
  source: ImageSource,
  options: TeacherOptions,
): Promise<Teacher> {
  if ('onnx' in reference) return onnxTeacher(resolve(base, reference.onnx), reference, source, options.observer.warn);
  if ('weights' in reference) return weightsTeacher(reference, base, source);
  return networkTeacher(readTrainedNetwork(await teacherFolder(reference, base, options)), source);
}

type Trained = Exclude<TeacherReference, { readonly onnx: string } | { readonly weights: string }>;

async function teacherFolder(reference: Trained, base: string, options: TeacherOptions): Promise<string> {
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

/** A network of the user's with weights from a file. */
function weightsTeacher(
  { network: name, weights: file, convention, pixels }: Extract<TeacherReference, { readonly weights: string }>,
  base: string,
  source: ImageSource,
): Teacher {
  const [architecture, path] = [resolve(base, name), resolve(base, file)];
  const { network, weights } = readGivenWeights(readNetwork(architecture), path, { convention, pixels });
  const fingerprint = sha256(readBytes(architecture), readBytes(path), JSON.stringify(network));
  return networkTeacher({ ...frozenNetwork(network, weights), fingerprint }, source);
}

function networkTeacher(trained: TrainedNetwork, { shape, classes }: ImageSource): Teacher {
  const { network, model, forward, statistics, fingerprint } = trained;
  requireFit(network, shape, classes);
  return {
    name: network.name,
    fingerprint,
    predict: (images, n) => model.probabilities(forward, { n, images }, statistics),
  };
}

/** The mean of the teachers' probabilities. */
function averaged(teachers: readonly Teacher[], { classes }: ImageSource): Teacher {
  return {
    name: teachers.map(({ name }) => name).join('+'),
    fingerprint: sha256(...teachers.map(({ fingerprint }) => fingerprint)),
    async predict(images, n) {
      const mean = new Float32Array(n * classes);
      for (const teacher of teachers) {
        const probabilities = await teacher.predict(images, n);
        for (let i = 0; i < mean.length; i++)
          mean[i] = (mean[i] as number) + (probabilities[i] as number) / teachers.length;
      }
      return mean;
    },
  };
}
