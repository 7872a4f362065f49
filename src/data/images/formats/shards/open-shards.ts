/** Opens a folder of shards: finds the parts, scans the shards once, and numbers the classes of all parts together. */
import { join, resolve } from 'node:path';
import { dataFailure } from '#data/data-failure';
import type { EncodedSet } from '#data/images/encoded-set';
import type { ShardSamples } from '#data/images/shared-images';
import { classesOf, DistinctLabels, isSecret, type LabelRules } from './labels.js';
import type { ShardFormat } from './sample-index.js';
import { shardFolder } from './shard-names.js';
import { type ChosenParts, shardParts } from './shard-parts.js';

/** A folder of shards, or one shard, and the choices that the user made for it. */
export interface ShardDescription extends ChosenParts, LabelRules {
  readonly folder: string;
}

/** Facts that scans find besides samples. */
export interface Findings {
  /** Notes for the user. */
  readonly notes: string[];
  /** Names of the classes that the files give themselves. */
  classNames: readonly string[] | undefined;
}

/**
 * Opens shards as train and test part. Missing, damaged and mislabelled ones are data failures.
 *
 * @param isShard   tells from a file's name if it is a shard of the format
 * @param findings  what the format's scans find besides samples
 */
export async function openShards<S extends ShardSamples>(
  description: ShardDescription,
  format: ShardFormat<S>,
  isShard: (name: string) => boolean,
  findings: Findings,
): Promise<EncodedSet> {
  const { root, names } = shardFolder(resolve(description.folder));
  const shards = names.filter(isShard);
  if (shards.length === 0) throw dataFailure(description.folder, `expected ${format.shards}; got none`);
  const parts = shardParts({ root, names: shards }, format.shards, description);
  const labels = new DistinctLabels();
  const scan = (part: readonly string[]) => scannedPart(root, part, format, labels);
  const train = await scan(parts.train);
  const test = await firstLabelled(parts.tests, scan, labels, findings.notes);
  const { firstLabel, classNames: named = findings.classNames } = description;
  const { classNames, classOf } = classesOf(labels, { firstLabel, classNames: named });
  return {
    classNames,
    train: format.images({ root, shards: train, classOf }),
    test: test && format.images({ root, shards: test, classOf }),
    notes: [...parts.notes, ...findings.notes],
  };
}

async function scannedPart<S extends ShardSamples>(
  root: string,
  shards: readonly string[],
  format: ShardFormat<S>,
  labels: DistinctLabels,
): Promise<S[]> {
  const all: S[] = [];
  for (const shard of shards) all.push(await format.scan(root, shard, labels));
  if (all.some(({ labels }) => labels.length > 0)) return all;
  const first = join(root, shards[0] as string);
  throw dataFailure(first, 'expected images in this file and the others of its part; got none');
}

/** The first part that has labels; one whose labels are all negative is passed over with a note. */
async function firstLabelled<S extends ShardSamples>(
  parts: readonly (readonly string[])[],
  scan: (part: readonly string[]) => Promise<S[]>,
  labels: DistinctLabels,
  notes: string[],
): Promise<S[] | undefined> {
  for (const part of parts) {
    const before = labels.all.length;
    const scanned = await scan(part);
    const isUnlabelled = scanned.every((shard) => shard.labels.every((label) => isSecret(labels.all[label]?.value)));
    if (!isUnlabelled) return scanned;
    labels.cut(before);
    notes.push(`the part with ${part[0]} is not used: its labels are negative, so it has none`);
  }
  return undefined;
}
