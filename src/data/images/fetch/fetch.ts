/** Downloads a data set from the first origin whose files have the pinned SHA-256. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { discard, makeFolders, sha256, writeAtomically, writeFailure } from '#core/files/files';
import type { Dataset, Edition } from '#data/images/datasets';
import { gunzipped } from '#data/images/formats/idx';
import { located } from '#data/images/formats/idx-files';
import { verifiedEdition } from '#data/images/open-source';
import { fetchOrigin, originName } from './fetch-origin.js';

export interface Fetched {
  readonly folder: string;
  /** Name of the origin; undefined if the files existed already. */
  readonly origin: string | undefined;
  readonly provenance: string;
  /** False for a substitute, taken because the official files could not be downloaded. */
  readonly official: boolean;
}

/**
 * Downloads a data set's files into a folder, unpacked; files that exist and are verified are kept.
 *
 * @param say  receives a line for each attempt
 */
export async function fetchDataset(dataset: Dataset, to: string, say: (line: string) => void): Promise<Fetched> {
  const there = editionThere(dataset, to);
  if (there !== undefined) return fetched(dataset, to, undefined, there);
  const attempts: string[] = [];
  for (const [i, origin] of dataset.origins.entries()) {
    const name = originName(origin);
    const scratch = `${to}.part-${process.pid}-${i}`;
    say(`${dataset.name}: trying ${name}`);
    try {
      makeFolder(scratch);
      const { folder, edition } = await fetchOrigin(origin, dataset, scratch);
      const contents = verifiedContents(folder, edition);
      for (const [file, content] of contents) writeAtomically(join(to, file), content);
      return fetched(dataset, to, name, edition);
    } catch (error) {
      if (error instanceof Failure) throw error; // an error of the disk, which every origin would meet
      const { message } = error as Error;
      say(`${dataset.name}: ${name}: ${message}`);
      attempts.push(`${name}: ${message}`);
    } finally {
      discard(scratch);
    }
  }
  const diagnostics = [`could not download ${dataset.name}; tried:`, ...attempts];
  throw new Failure(
    'data',
    diagnostics.map((message) => ({ message })),
    byHand(dataset, to),
  );
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw writeFailure(folder, 'make the folder', error);
  }
}

function fetched(dataset: Dataset, folder: string, origin: string | undefined, { provenance }: Edition): Fetched {
  return { folder, origin, provenance, official: provenance === dataset.official.provenance };
}

/** The edition in the folder; undefined if files are missing. A file with other content is a data failure. */
function editionThere(dataset: Dataset, folder: string): Edition | undefined {
  return isFetched(dataset, folder) ? verifiedEdition(dataset, folder) : undefined;
}

/** True if the folder has all files of the data set, whatever their content. */
export function isFetched(dataset: Dataset, folder: string): boolean {
  return Object.keys(dataset.official.sha256).every((name) => existsSync(located(folder, name)));
}

/** The unpacked content of all files of an edition, by name; throws one line about the first file that differs. */
function verifiedContents(folder: string, edition: Edition): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (const [name, expected] of Object.entries(edition.sha256)) {
    const file = located(folder, name);
    const content = existsSync(file) ? unpacked(file) : undefined;
    const got = content === undefined ? 'no such file' : sha256(content);
    if (content === undefined || got !== expected) throw new Error(`${name}: expected SHA-256 ${expected}; got ${got}`);
    contents.set(name, content);
  }
  return contents;
}

function unpacked(file: string): Uint8Array {
  try {
    return gunzipped(file, readFileSync(file));
  } catch (error) {
    throw new Error((error as Error).message);
  }
}

function byHand(dataset: Dataset, to: string): string {
  const names = Object.keys(dataset.official.sha256).join(', ');
  return `check the network and try again, or place ${names} (plain or .gz) in ${to}, or name their folder with --to DIR`;
}
