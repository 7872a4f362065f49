/** Everything that the bytes of a set depend on. */

import { withFormerKeys } from '#core/documents/renamed-keys';
import { isMixing } from '#data/images/augment/mix';
import { fingerprintOf } from '#data/images/fingerprint';
import type { ImageSet } from '#data/images/image-source';
import type { Manifest } from '#data/sets/manifest';
import { type BuildRecipe, renamedRecipeKeys } from './build-recipe.js';
import type { Teacher } from './build-teacher.js';
import type { Storage } from './storage.js';

type Pool = NonNullable<Manifest['pool']>;

export type BuildIdentity = Pick<
  Manifest,
  'version' | 'name' | 'recipe' | 'seed' | 'mixedLabels' | 'images' | 'softLabels'
> & {
  readonly source: Manifest['source'];
  readonly teacher: { readonly name: string; readonly fingerprint: string };
  readonly pool?: Pick<Pool, 'source' | 'selector'> | undefined;
};

export interface IdentifiedBuild {
  readonly source: ImageSet;
  readonly recipe: BuildRecipe;
  readonly teacher: Teacher;
  readonly pool?: { readonly source: ImageSet; readonly selector: Teacher } | undefined;
}

/** Identifies a build; sources that cannot tell their fingerprint are read as a whole. */
export async function buildIdentity(
  { source, recipe, teacher, pool }: IdentifiedBuild,
  { manifest }: Pick<Storage, 'manifest'>,
): Promise<BuildIdentity> {
  const { version, ...storage } = manifest;
  return {
    version,
    name: recipe.name,
    source: await identified(source),
    // as the manifest reads back: without absent keys
    recipe: JSON.parse(JSON.stringify(withFormerKeys(recipe, renamedRecipeKeys))) as Record<string, unknown>,
    teacher: named(teacher),
    seed: recipe.seed,
    ...(isMixing(recipe.augment) && { mixedLabels: true as const }),
    ...storage,
    ...(pool && { pool: { source: await identified(pool.source), selector: named(pool.selector) } }),
  };
}

async function identified(source: ImageSet): Promise<Manifest['source']> {
  return { name: source.name, provenance: source.provenance, sha256: await fingerprintOf(source) };
}

function named({ name, fingerprint }: Teacher) {
  return { name, fingerprint };
}
