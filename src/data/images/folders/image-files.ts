/** Image files of one part with their labels, as `EncodedImages`: millions of them take little memory beyond their names. */
import { createHash } from 'node:crypto';
import { constants, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { systemProblem } from '#core/files/files';
import { inSharedMemory } from '#core/shared-memory';
import { dataFailure } from '#data/data-failure';
import type { EncodedImages } from '#data/images/encoded-images';
import { readExactly } from '#data/images/formats/shards/read-piece';
import type { ImageFiles } from '#data/images/shared-images';
import { textAt, textList } from '#data/images/text-list';

/** The path of a file relative to the root. */
export function relativePath({ folders, names, folderOf }: ImageFiles, i: number): string {
  return join(folders[folderOf[i] as number] as string, textAt(names, i));
}

/** The files at some indices. */
export function filesAt(files: ImageFiles, indices: Int32Array): ImageFiles {
  return {
    ...files,
    names: textList(Array.from(indices, (i) => textAt(files.names, i))),
    folderOf: inSharedMemory(indices.map((i) => files.folderOf[i] as number)),
    labels: inSharedMemory(indices.map((i) => files.labels[i] as number)),
  };
}

export function encodedFiles(files: ImageFiles): EncodedImages {
  const pathOf = (i: number) => join(files.root, relativePath(files, i));
  let sum: string | undefined;
  return {
    n: files.labels.length,
    shared: { kind: 'files', files },
    label: (i) => files.labels[i] as number,
    bytes: (i) => imageFileBytes(pathOf(i)),
    place: pathOf,
    fingerprint: async () => {
      sum ??= sumOf(files);
      return sum;
    },
  };
}

/** The SHA-256 of paths, labels and sizes in bytes. */
function sumOf(files: ImageFiles): string {
  const hash = createHash('sha256');
  for (let i = 0; i < files.labels.length; i++) {
    const path = relativePath(files, i);
    hash.update(`${path}\0${files.labels[i]}\0${sizeOf(join(files.root, path))}\n`);
  }
  return hash.digest('hex');
}

const mostFileBytes = 2 ** 28; // ten times a photograph of 100 megapixels

/** Reads an image file; an empty, unreadable or absurdly large one is a data failure. */
export async function imageFileBytes(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would wait for a writer
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw dataFailure(file, 'expected an image; got a folder, a pipe or a device');
      if (found.size === 0) throw dataFailure(file, 'expected an image; got an empty file');
      if (found.size > mostFileBytes) {
        throw dataFailure(file, `expected an image of at most ${mostFileBytes} bytes; got ${found.size}`);
      }
      return await readExactly(handle.fd, 0, found.size);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw dataFailure(file, `expected a readable file; got ${systemProblem(error)}`);
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw dataFailure(file, `expected a readable file; got ${systemProblem(error)}`);
  }
}
