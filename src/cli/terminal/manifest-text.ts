/** The contents and origin of a distillation set, for people and as JSON. */
import { percent } from '#core/percent';
import { windowBytes } from '#data/sets/loader';
import type { Manifest } from '#data/sets/manifest';

export function manifestText(manifest: Manifest): string {
  const { name, classes, shape, teacher, replicas, source, bytes, shards, seed } = manifest;
  return [
    `${name}: ${shape.join('x')}, ${classes} classes, seed ${seed}`,
    `rows      ${rowsText(manifest)}; ${replicas} augmented copies of each train image`,
    `source    ${source.name}: ${source.provenance}`,
    `teacher   ${teacher.name} (${teacher.fingerprint.slice(0, 12)}), ${percent(teacher.testAccuracy)} on test`,
    `files     ${shards.length} shards, ${(bytes / 1e6).toFixed(1)} MB`,
    `shuffled  ${shuffleText(manifest)}`,
  ].join('\n');
}

/** The rows that are permuted together in each epoch. */
function shuffleText({ shards }: Manifest): string {
  const train = shards.filter(({ split }) => split === 'train');
  const bytes = train.reduce((sum, shard) => sum + shard.bytes, 0);
  if (bytes <= windowBytes) return 'all train rows together';
  const rows = train.reduce((sum, shard) => sum + shard.rows, 0);
  return `about ${Math.round((rows * windowBytes) / bytes)} train rows together, a random mix of the images`;
}

export function rowsText({ splits }: Manifest): string {
  return `train ${splits.train}, held ${splits.held}, test ${splits.test}`;
}

export function manifestSummary(manifest: Manifest) {
  const { name, classes, shape, splits, replicas, teacher, bytes, shards, source, seed } = manifest;
  return { name, classes, shape, splits, replicas, teacher, bytes, shards: shards.length, source, seed };
}
