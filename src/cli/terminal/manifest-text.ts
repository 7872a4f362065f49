/** The contents and origin of a distillation set, for people and as JSON. */
import { percent } from '#core/percent';
import type { Manifest } from '#data/sets/manifest';

export function manifestText(manifest: Manifest): string {
  const { name, classes, shape, teacher, replicas, source, bytes, shards, seed } = manifest;
  return [
    `${name}: ${shape.join('x')}, ${classes} classes, seed ${seed}`,
    `rows      ${rowsText(manifest)}; ${replicas} augmented copies of each train image`,
    `source    ${source.name}: ${source.provenance}`,
    `teacher   ${teacher.name} (${teacher.fingerprint.slice(0, 12)}), ${percent(teacher.testAccuracy)} on test`,
    `files     ${shards.length} shards, ${(bytes / 1e6).toFixed(1)} MB`,
  ].join('\n');
}

export function rowsText({ splits }: Manifest): string {
  return `train ${splits.train}, held ${splits.held}, test ${splits.test}`;
}

export function manifestSummary(manifest: Manifest) {
  const { name, classes, shape, splits, replicas, teacher, bytes, shards, source, seed } = manifest;
  return { name, classes, shape, splits, replicas, teacher, bytes, shards: shards.length, source, seed };
}
