/** The `manifest.json` of a distillation set: its content and origin. Written last, so it marks a complete set. */
import { join } from 'node:path';
import { z } from 'zod';
import { asDataFailure, conform, integer, list, quantity, record, text, word } from '#core/documents/conform';
import { locateJson } from '#core/documents/document';
import { readUtf8 } from '#core/files/files';
import { jsonText, sealed, sealProblem } from '#core/files/json';
import { dataFailure } from '#data/data-failure';

/**
 * Format versions. Version 1 stores raw images and the probabilities of all classes; version 2 adds encoded images, the
 * most probable classes of many, and pools. A set that needs nothing of version 2 is written as version 1.
 */
export const manifestVersions = [1, 2] as const;
export const manifestName = 'manifest.json';

/**
 * `train`: augmented copies for the weights; `held`: the validation split, clean, for the controller; `test`: clean.
 */
export const splitNames = ['train', 'held', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

const count = integer('a count of 0 or more', 0);
const checksum = z.string().regex(/^[0-9a-f]{64}$/, { error: 'a SHA-256 of 64 hexadecimal digits' });

export const shardEntry = record({
  file: z.string().regex(/^[\w.-]+\.arrow$/, { error: 'a file name that ends in .arrow' }),
  split: word(...splitNames),
  rows: integer('a count of rows'),
  bytes: integer('a count of bytes'),
  sha256: checksum,
});

const dimension = integer('a size in pixels or channels');

/** Kinds of stored images: raw pixels, or encoded as JPEG or PNG. */
export const storedKinds = ['raw', 'jpeg', 'png'] as const;

/** The selection of a pool's images, in a file of the set's folder. */
export const poolEntry = record({
  source: record({ name: text('a name'), provenance: text('a sentence'), sha256: checksum }),
  selector: record({ name: text('a name'), fingerprint: text('a fingerprint') }),
  selection: record({ sha256: checksum, rows: count }),
});

const fields = record({
  version: z.literal(manifestVersions, { error: `version ${manifestVersions.join(' or ')}` }),
  name: text('a name'),
  classes: integer('a count of classes'),
  classNames: list(text('a class name'), 'a list of class names'),
  shape: z.tuple([dimension, dimension, dimension], { error: 'height, width and channels' }),
  source: record({ name: text('a name'), provenance: text('a sentence'), sha256: checksum }),
  recipe: z.record(z.string(), z.unknown(), { error: 'a mapping' }),
  teacher: record({
    name: text('a name'),
    fingerprint: text('a fingerprint'),
    testAccuracy: quantity('a share from 0 to 1', { min: 0, max: 1 }),
  }),
  seed: integer('a seed', 0),
  /** True if rows record the image that is mixed in; absent without mixup and cutmix, and in older sets. */
  mixedLabels: z.literal(true, { error: 'true, or nothing' }).optional(),
  /** The encoding of images, and the quality of JPEG; absent in version 1, whose images are raw. */
  images: record({
    stored: word(...storedKinds),
    quality: integer('a quality from 1 to 100', 1, 100).optional(),
  }).optional(),
  /** Number of classes whose probabilities are stored, the most probable ones; absent if all are. */
  softLabels: record({ top: integer('a count of classes') }).optional(),
  /** The pool that the train images were selected from; absent if they are the source's. */
  pool: poolEntry.optional(),
  replicas: integer('a count of replicas'),
  splits: record({ train: count, held: count, test: count }),
  shards: list(shardEntry, 'a list of shards'),
  bytes: integer('a count of bytes'),
  /** Checksum of all other fields; older sets have none. */
  sha256: checksum.optional(),
});

/** Requires a name for each class and a separate file for each shard. */
const manifestSchema = fields
  .refine(({ classes, classNames }) => classNames.length === classes, {
    error: ({ input }) => `${(input as z.output<typeof fields>).classes} names, one per class`,
    path: ['classNames'],
  })
  .refine(({ shards }) => new Set(shards.map(({ file }) => file)).size === shards.length, {
    error: 'files that differ',
    path: ['shards'],
  });

/** One shard file, its number of rows and its SHA-256. */
export type ShardEntry = z.output<typeof shardEntry>;
export type Manifest = z.output<typeof manifestSchema>;

const rebuild = 'build the set again with `mnv4-nas dataset build` into another folder, or remove this one first';

/** Reads and checks a set's manifest; a missing, damaged or newer one is a data failure. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, manifestName);
  const remedy = 'name the folder of a finished set, or finish it: run its `mnv4-nas dataset build` again';
  const content = readUtf8(file, remedy);
  return asDataFailure(() => {
    const located = locateJson(file, content, rebuild);
    const version = (located.value as { version?: unknown } | null)?.version;
    if (typeof version === 'number' && !manifestVersions.some((known) => known === version)) {
      throw dataFailure(file, `version: expected ${manifestVersions.join(' or ')}; got ${version}`, rebuild);
    }
    const manifest = conform(located, manifestSchema);
    const problem = sealProblem(located.value);
    if (problem !== undefined) throw dataFailure(file, problem, rebuild);
    return manifest;
  }, rebuild);
}

export function formatManifest(manifest: Manifest): string {
  return jsonText(sealed(manifest));
}
