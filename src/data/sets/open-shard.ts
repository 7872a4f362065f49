/**
 * A shard whose images stay on the disk: its file is read and checked once, then its labels are in memory and each
 * image is read when a batch needs it, from the operating system's cache of files where memory is free for that.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { Failure } from '#core/failure';
import { systemProblem } from '#core/files/files';
import type { RowLayout, Shard } from './shard.js';

/** The labels of a shard, copied out of its bytes. */
export type ShardLabels = Pick<Shard, 'labels' | 'soft' | 'top' | 'mixing'>;

export interface OpenShard {
  readonly file: string;
  readonly labels: ShardLabels;
  /** Reads the stored bytes of a row's image into a given array, which must have their length, or into a new one. */
  image(row: number, into?: Uint8Array): Uint8Array;
  close(): void;
}

/**
 * Opens a shard that was just read.
 *
 * @param bytes  the whole file, which `shard` is a view of; neither is kept
 */
export function openShard(file: string, bytes: Uint8Array, shard: Shard, { imageBytes }: RowLayout): OpenShard {
  const start = shard.images.byteOffset - bytes.byteOffset;
  const offsets = shard.imageOffsets?.slice();
  const descriptor = openSync(file, 'r');
  return {
    file,
    labels: copied(shard),
    image(row, into) {
      const from = offsets === undefined ? row * imageBytes : (offsets[row] as number);
      const length = offsets === undefined ? imageBytes : (offsets[row + 1] as number) - from;
      const found = into ?? new Uint8Array(length);
      readWhole(descriptor, found, start + from, file);
      return found;
    },
    close: () => closeSync(descriptor),
  };
}

function copied({ labels, soft, top, mixing }: Shard): ShardLabels {
  return {
    labels: labels.slice(),
    soft: soft.slice(),
    top: top && { classes: top.classes.slice(), rest: top.rest.slice() },
    mixing: mixing && { labels: mixing.labels.slice(), shares: mixing.shares.slice() },
  };
}

function readWhole(descriptor: number, into: Uint8Array, from: number, file: string): void {
  for (let done = 0; done < into.length; ) {
    const read = readBlock(descriptor, into, done, from + done, file);
    if (read === 0) throw new Failure('data', { file, message: 'the file became shorter while it was in use' });
    done += read;
  }
}

function readBlock(descriptor: number, into: Uint8Array, at: number, from: number, file: string): number {
  try {
    return readSync(descriptor, into, at, into.length - at, from);
  } catch (error) {
    throw new Failure('data', { file, message: `expected a readable file; got ${systemProblem(error)}` });
  }
}
