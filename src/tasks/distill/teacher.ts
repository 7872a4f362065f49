/** Loads the teachers that dataset recipes name: our networks, trained here if they are not yet, and ONNX models. */
import { dirname, join, resolve } from 'node:path';
import { assertNever } from '#core/assert-never';
import { readText } from '#core/documents/document';
import { Failure } from '#core/failure';
import { cacheFolder } from '#core/files/cache';
import { readBytes, sha256 } from '#core/files/files';
import type { ImageForm } from '#data/images/image-source';
import type { JobContext } from '#jobs/job-context';
import { isRun, readState } from '#jobs/runs/run-state';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { weightShapes } from '#networks/nn/weight-shapes';
import { readNetwork } from '#networks/space/parse';
import type { Architecture } from '#networks/space/space';
import { readGivenWeights } from '#networks/weights/network-weights';
import { microBatchesOf, readScratchRecipe, type TrainingRecipe } from '#tasks/training/recipe';
import { dataOfKind } from '#tasks/training/recipe-data';
import { requireFit } from '#tasks/training/requirements';
import { train } from '#tasks/training/train';
import { readTrainedNetwork, type TrainedNetwork } from '#tasks/training/trained-network';
import { type TeacherOfKind, type TeacherReference, teacherOfKind } from './build-recipe.js';
import type { LoadTeachers, Teacher } from './build-teacher.js';
import { onnxTeacher } from './onnx-teacher.js';

/**
 * Returns a loader of teachers, which trains those that are not trained yet in runs in the cache, or puts a network
 * with stand-in weights in their place, to measure their speed.
 */
export function teacherLoader(context: JobContext, untrained: 'train' | 'stand-in' = 'train'): LoadTeachers {
  return async (references, { recipeFile, form }) => {
    const teachers: Teacher[] = [];
    for (const reference of references) {
      teachers.push(await teacherOf(reference, dirname(recipeFile), form, context, untrained));
    }
    return averaged(teachers, form);
  };
}

/** Returns the largest number of micro-batches per step among the teachers' trainings; 1 without any. */
export function teacherMicroBatches(references: readonly TeacherReference[], recipeFile: string): number {
  const trainings = references.map(teacherOfKind).flatMap((one) => (one.kind === 'training' ? [one.training] : []));
  return Math.max(1, ...trainings.map((file) => microBatchesOf(readScratchRecipe(resolve(dirname(recipeFile), file)))));
}

async function teacherOf(
  reference: TeacherReference,
  base: string,
  form: ImageForm,
  context: JobContext,
  untrained: 'train' | 'stand-in',
): Promise<Teacher> {
  const teacher = teacherOfKind(reference);
  switch (teacher.kind) {
    case 'run':
      return networkTeacher(readTrainedNetwork(requireTrained(resolve(base, teacher.run))), form);
    case 'training':
      if (untrained === 'stand-in') {
        const { network, isTrained } = teacherTraining(teacher, base);
        if (!isTrained) {
          context.observer.note(`${teacher.network} is not trained yet; the estimate leaves out the time to train it`);
          return standInTeacher(network, form);
        }
      }
      return networkTeacher(readTrainedNetwork(await trainedHere(teacher, base, context)), form);
    case 'weights':
      return weightsTeacher(teacher, base, form);
    case 'onnx':
      return onnxTeacher(resolve(base, teacher.onnx), teacher, form, context.observer.warn);
    default:
      return assertNever(teacher);
  }
}

/** Trains the teacher unless its run is done, and returns the run's folder. */
export async function trainedHere(
  teacher: TeacherOfKind<'training'>,
  base: string,
  context: JobContext,
): Promise<string> {
  const { network, recipe, root, id } = teacherTraining(teacher, base);
  await train(network, recipe, { context, root, id, resume: 'allow' });
  return join(root, id);
}

/** The training of a teacher: its network, recipe and run. */
export interface TeacherTraining {
  readonly network: Architecture;
  readonly recipe: TrainingRecipe;
  readonly root: string;
  readonly id: string;
  readonly isTrained: boolean;
}

/** Returns the training of a teacher, whose run in the cache is named by the content of its files. */
export function teacherTraining(teacher: TeacherOfKind<'training'>, base: string): TeacherTraining {
  const network = resolve(base, teacher.network);
  const training = resolve(base, teacher.training);
  const recipe = readScratchRecipe(training);
  const id = `${recipe.name}-${sha256(readText(network), readText(training), imagesOf(recipe)).slice(0, 12)}`;
  const root = join(cacheFolder(), 'teachers');
  return { network: readNetwork(network), recipe, root, id, isTrained: isFinished(join(root, id)) };
}

/** Makes a teacher that takes as long as the trained network and answers alike for all images. */
function standInTeacher(network: Architecture, form: ImageForm): Teacher {
  const tensors = [...weightShapes(network)].map(([name, shape]) => {
    const values = new Float32Array(shape.reduce((n, extent) => n * extent, 1));
    return [name, { shape, values: /\.(gamma|variance|layerScale)$/.test(name) ? values.fill(1) : values }] as const;
  });
  return networkTeacher({ ...frozenNetwork(network, new Map(tensors)), fingerprint: 'stand-in' }, form);
}

/** Returns those teachers that a build would train first. */
export function untrainedTeachers(
  references: readonly TeacherReference[],
  recipeFile: string,
): TeacherOfKind<'training'>[] {
  const trainings = references.map(teacherOfKind).flatMap((one) => (one.kind === 'training' ? [one] : []));
  return trainings.filter((one) => !teacherTraining(one, dirname(recipeFile)).isTrained);
}

/**
 * Returns the path of a recipe's images if it names one, since in another folder the same recipe may mean other images.
 */
function imagesOf(recipe: TrainingRecipe): string {
  const data = dataOfKind(recipe);
  if (data.kind === 'mix')
    return data.mix.map((part) => resolve(recipe.base, 'folder' in part ? part.folder : part.recipe)).join('\n');
  const named = data.kind === 'source' ? data.source.folder : data.file;
  return named === undefined ? '' : resolve(recipe.base, named);
}

function isFinished(folder: string): boolean {
  return isRun(folder) && readState(folder).status === 'done';
}

function requireTrained(folder: string): string {
  if (isFinished(folder)) return folder;
  throw new Failure('data', {
    file: folder,
    message: 'expected the folder of a finished training run as teacher; got none',
  });
}

/** Makes a teacher from a network and a file of weights. */
function weightsTeacher(
  { network: name, weights: file, convention, pixels }: TeacherOfKind<'weights'>,
  base: string,
  form: ImageForm,
): Teacher {
  const [architecture, path] = [resolve(base, name), resolve(base, file)];
  const { network, weights } = readGivenWeights(readNetwork(architecture), path, { convention, pixels });
  const fingerprint = sha256(readBytes(architecture), readBytes(path), JSON.stringify(network));
  return networkTeacher({ ...frozenNetwork(network, weights), fingerprint }, form);
}

function networkTeacher(trained: TrainedNetwork, { shape, classes }: ImageForm): Teacher {
  const { network, model, forward, statistics, fingerprint } = trained;
  requireFit(network, shape, classes);
  return {
    name: network.name,
    fingerprint,
    predict: (images, n) => model.probabilities(forward, { n, images }, statistics),
  };
}

/** Makes a teacher that answers with the mean of the teachers' probabilities. */
function averaged(teachers: readonly Teacher[], { classes }: ImageForm): Teacher {
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
