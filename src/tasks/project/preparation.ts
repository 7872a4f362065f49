/** The preparations that a search needs and lacks: images to fetch, teachers to train, a distillation set to build. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMixing } from '#data/images/augment/mix';
import { type DatasetName, datasets } from '#data/images/datasets';
import { isFetched } from '#data/images/fetch/fetch';
import { datasetFolder } from '#data/images/open-source';
import { sourceOfKind } from '#data/images/source-schema';
import { builtSetFolder } from '#data/sets/built-set';
import { manifestName, type SplitName, splitNames } from '#data/sets/manifest';
import { rowBytes } from '#data/sets/shard';
import { type BuildRecipe, readBuildRecipe, type TeacherOfKind, teacherOfKind } from '#tasks/distill/build-recipe';
import { type OpenBuild, openBuild } from '#tasks/distill/open-build';
import { storageOf } from '#tasks/distill/storage';
import { type TeacherTraining, teacherTraining } from '#tasks/distill/teacher';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { measuredLoadMs } from './measure.js';

export interface Preparation {
  readonly recipeFile: string;
  readonly recipe: BuildRecipe;
  /** The folder that becomes the set. */
  readonly folder: string;
  /** The known data set that must be fetched, if any. */
  readonly fetch: DatasetName | undefined;
  /** The teachers that are trained here, whether they are trained already or not. */
  readonly teachers: readonly PlannedTeacher[];
  /** The opened images; undefined if they must be fetched first. */
  readonly build: OpenBuild | undefined;
  /** Time to load an image, measured on this machine, in ms; 0 without images. */
  readonly loadMs: number;
}

export interface PlannedTeacher extends TeacherTraining {
  readonly reference: TeacherOfKind<'training'>;
}

/**
 * Plans the preparations of a config; undefined if its distillation set exists or is named by its folder.
 *
 * @param unlessMissing  opens the images, and decides what happens if they are missing
 */
export async function planPreparation(
  { config: { dataset }, path }: LocatedConfig,
  unlessMissing: (open: () => Promise<OpenBuild>) => Promise<OpenBuild | undefined>,
): Promise<Preparation | undefined> {
  if (!('recipe' in dataset)) return undefined; // the sets of a mix are built one by one
  const recipeFile = path(dataset.recipe);
  const folder = builtSetFolder(recipeFile);
  if (existsSync(join(folder, manifestName))) return undefined;
  const recipe = readBuildRecipe(recipeFile);
  const fetch = missingDataset(recipe);
  const build = fetch === undefined ? await unlessMissing(() => openBuild(recipeFile)) : undefined;
  return {
    recipeFile,
    recipe,
    folder,
    fetch,
    teachers: recipe.teacher.flatMap(
      (reference) => plannedTeacher(teacherOfKind(reference), dirname(recipeFile)) ?? [],
    ),
    build,
    loadMs: build === undefined ? 0 : await measuredLoadMs(build.source),
  };
}

/** The known data set that a recipe names, if it is not in the cache. */
/** Returns the known data set that a source names and that is not in the cache yet. */
export function missingDataset({ source: reference }: Pick<BuildRecipe, 'source'>): DatasetName | undefined {
  const source = sourceOfKind(reference);
  if (source.kind !== 'known' || source.folder !== undefined) return undefined;
  return isFetched(datasets[source.dataset], datasetFolder(source.dataset)) ? undefined : source.dataset;
}

function plannedTeacher(teacher: ReturnType<typeof teacherOfKind>, base: string): PlannedTeacher | undefined {
  if (teacher.kind !== 'training') return undefined;
  return { ...teacherTraining(teacher, base), reference: teacher };
}

/** Returns the facts that a set will have once it is built. */
export function plannedSet({ recipe, form, plan }: OpenBuild): StageSet {
  const rowsOf = (split: SplitName) =>
    plan.shards.reduce((n, shard) => (shard.split === split ? n + shard.rows : n), 0);
  const [train, held, test] = splitNames.map(rowsOf) as [number, number, number];
  const mixed = isMixing(recipe.augment) ? { mixedLabels: true as const } : {};
  return { name: recipe.name, ...form, shape: [...form.shape], recipe, splits: { train, held, test }, ...mixed };
}

const encodedShare = 0.2; // JPEG files of quality 95 have about 4.5 bits per pixel of three bytes

/** Bytes of a planned set, estimated where images are stored encoded, without the constant overhead of its files. */
export function plannedBytes({ recipe, form, plan }: OpenBuild): number {
  const rows = plan.shards.reduce((n, shard) => n + shard.rows, 0);
  const { layout } = storageOf(recipe, form);
  const encodedBytes = layout.encoded ? Math.round(layout.imageBytes * encodedShare) : 0;
  return rows * (rowBytes(layout) + encodedBytes);
}
