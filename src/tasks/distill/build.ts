/**
 * Builds an offline distillation set: each image is augmented and shown to the teacher once; trainings only read the
 * result.
 */
import { join } from 'node:path';
import { withFormerKeys } from '#core/documents/renamed-keys';
import { Failure } from '#core/failure';
import { sha256, writeAtomically } from '#core/files/files';
import { fingerprintOf } from '#data/images/fingerprint';
import { formOf, type ImageForm, type ImageSet } from '#data/images/image-source';
import { imageBytes } from '#data/images/image-stack';
import { readShard } from '#data/sets/distillation-set';
import { formatManifest, type Manifest, manifestName, type ShardEntry, type SplitName } from '#data/sets/manifest';
import { correctRows, encodeShard, type RowLayout } from '#data/sets/shard';
import { type BuildIdentity, openJournal } from './build-journal.js';
import { planBuild } from './build-plan.js';
import { type BuildRecipe, renamedRecipeKeys } from './build-recipe.js';
import { cleanImages, fillShard, trainImages } from './build-shard.js';
import type { Teacher } from './build-teacher.js';

export interface BuildRequest {
  readonly source: ImageSet;
  readonly recipe: BuildRecipe;
  readonly teacher: Teacher;
  /** The folder that becomes the set. */
  readonly to: string;
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Called between chunks; once it returns true, the build ends with a failure of kind `stopped`. */
  readonly shouldStop?: () => boolean;
}

/** Rows done so far, and rows in all; `split` is the one being built. */
export interface BuildProgress {
  readonly split: SplitName;
  readonly rows: number;
  readonly of: number;
}

/**
 * Builds a set, or the missing part of one: complete shards of an earlier attempt are kept, so that an interrupted
 * build resumes, a damaged shard is rebuilt, and the result always has the same bytes.
 */
export async function buildDistillationSet(request: BuildRequest): Promise<Manifest> {
  const { source, recipe, teacher, to } = request;
  const mixed = recipe.augment.mixup !== undefined;
  const form = formOf(source);
  const layout = { imageBytes: imageBytes(form.shape), classes: form.classes, mixed };
  const { train, shards } = planBuild(source, recipe);
  const identity = await identify(request);
  const journal = openJournal(to, identity);
  const clean = cleanImages(source);
  const images = { train: trainImages(source, recipe, train), held: clean, test: clean };
  const of = shards.reduce((sum, { rows }) => sum + rows, 0);
  const entries: ShardEntry[] = [];
  let done = 0;
  for (const planned of shards) {
    const { file, split, rows } = planned;
    const onChunk = (chunkRows: number) => {
      request.onProgress?.({ split, rows: done + chunkRows, of });
      if (request.shouldStop?.())
        throw new Failure('stopped', `stopped on request in ${file}`, 'run it again to resume');
    };
    let entry = journal.built(file);
    if (entry === undefined) {
      const ports = { form, draw: images[split], teacher, onChunk };
      const bytes = encodeShard(await fillShard(planned, ports, mixed), layout);
      writeAtomically(join(to, file), bytes);
      entry = { file, split, rows, bytes: bytes.length, sha256: sha256(bytes) };
      journal.add(entry);
    }
    entries.push(entry);
    done += rows;
    request.onProgress?.({ split, rows: done, of });
  }
  const manifest = describe(identity, source.classNames, form, entries, testAccuracy(to, entries, layout));
  writeAtomically(join(to, manifestName), formatManifest(manifest));
  journal.close();
  return manifest;
}

async function identify({ source, recipe, teacher }: BuildRequest): Promise<BuildIdentity> {
  return {
    version: 1,
    name: recipe.name,
    source: { name: source.name, provenance: source.provenance, sha256: await fingerprintOf(source) },
    // as the manifest reads back: without absent keys
    recipe: JSON.parse(JSON.stringify(withFormerKeys(recipe, renamedRecipeKeys))) as Record<string, unknown>,
    teacher: { name: teacher.name, fingerprint: teacher.fingerprint },
    seed: recipe.seed,
    ...(recipe.augment.mixup && { mixedLabels: true as const }),
  };
}

/** The teacher's accuracy on the stored test pixels, from the stored probabilities. */
function testAccuracy(folder: string, entries: readonly ShardEntry[], layout: RowLayout): number {
  const shards = entries.filter(({ split }) => split === 'test').map((entry) => readShard(folder, entry, layout));
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return sum(shards.map((shard) => correctRows(shard, layout))) / sum(shards.map(({ rows }) => rows));
}

function describe(
  identity: BuildIdentity,
  classNames: readonly string[],
  { shape, classes }: ImageForm,
  shards: ShardEntry[],
  accuracy: number,
): Manifest {
  const rowsOf = (name: SplitName) => shards.reduce((sum, { split, rows }) => (split === name ? sum + rows : sum), 0);
  return {
    version: identity.version,
    name: identity.name,
    classes,
    classNames: [...classNames],
    shape: [...shape],
    source: identity.source,
    recipe: identity.recipe,
    teacher: { ...identity.teacher, testAccuracy: accuracy },
    seed: identity.seed,
    ...(identity.mixedLabels && { mixedLabels: true as const }),
    replicas: (identity.recipe as BuildRecipe).replicas,
    splits: { train: rowsOf('train'), held: rowsOf('held'), test: rowsOf('test') },
    shards,
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
