/** The folders of a run's checkpoints: their paths, which to keep, and how to remove the others. */
import { renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { namesIn, readBytes, writeFailure } from '#core/files/files';
import { sealProblem } from '#core/files/json';
import { utf8 } from '#core/files/text';
import type { Run } from './run-folder.js';

type InFolder = Pick<Run, 'folder'>;

export const manifestName = 'manifest.json';

export function checkpointsOf({ folder }: InFolder): string {
  return join(folder, 'checkpoints');
}

export function checkpointFolder(run: InFolder, step: number): string {
  return join(checkpointsOf(run), `step-${`${step}`.padStart(6, '0')}`);
}

/** Steps of the run's checkpoints, ascending. */
export function checkpointSteps(run: InFolder): number[] {
  return namesIn(checkpointsOf(run))
    .flatMap((name) => (/^step-\d+$/.test(name) ? [Number(name.slice(5))] : []))
    .sort((a, b) => a - b);
}

/** A temporary folder next to a checkpoint's, used while it is written or removed. */
export function besides(folder: string, purpose: 'part' | 'old'): string {
  return join(dirname(folder), `.${basename(folder)}.${purpose}`);
}

/** The fields of a checkpoint's manifest, not checked; none if it cannot be read. */
export function glimpsedManifest(folder: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(utf8(readBytes(join(folder, manifestName)))) };
  } catch {
    return {}; // damaged; loading it reports how
  }
}

/** Removes checkpoints of later steps, which a resumed run has not reached again. */
export function removeLater(run: InFolder, step: number): void {
  for (const other of checkpointSteps(run)) if (other > step) removeCheckpoint(checkpointFolder(run, other));
}

/** Removes the checkpoints up to `step`, except the last `keep` and the one with the highest score. */
export function removeOutdated(run: InFolder, step: number, keep: number): void {
  const folders = checkpointSteps(run)
    .filter((other) => other <= step)
    .map((other) => checkpointFolder(run, other));
  const scored = folders.map((folder) => ({ folder, score: scoreOf(folder) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  const kept = [...folders.slice(-keep), ...(best.score > Number.NEGATIVE_INFINITY ? [best.folder] : [])];
  for (const folder of folders) if (!kept.includes(folder)) removeCheckpoint(folder);
}

/** The score in the manifest; negative infinity if it has none or its SHA-256 does not match. */
function scoreOf(folder: string): number {
  const manifest = glimpsedManifest(folder);
  const { score } = manifest;
  return typeof score === 'number' && sealProblem(manifest) === undefined ? score : Number.NEGATIVE_INFINITY;
}

/** Removes a checkpoint, never leaving half of it under its name; throws a data failure if the disk refuses. */
export function removeCheckpoint(folder: string): void {
  const old = besides(folder, 'old');
  removing(folder, () => {
    rmSync(old, { recursive: true, force: true });
    renameSync(folder, old);
    rmSync(old, { recursive: true });
  });
}

/** Removes the temporary folders of a process that was killed while it wrote or removed a checkpoint. */
export function removeLeftovers(run: InFolder): void {
  const folder = checkpointsOf(run);
  for (const name of namesIn(folder).filter((name) => /^\.step-\d+\.(part|old)$/.test(name))) {
    removing(join(folder, name), () => rmSync(join(folder, name), { recursive: true, force: true }));
  }
}

function removing(folder: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw writeFailure(folder, 'remove it', error);
  }
}
