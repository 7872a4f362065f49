/** The folder checks of `doctor`: free space and write permission. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '#core/failure';
import { cacheFolder, cacheRemedy } from '#core/files/cache';
import { systemProblem } from '#core/files/files';
import { nearest } from '#core/files/free-space';
import { gib, inGib } from '#core/gibibytes';
import { type Check, failed, passed } from './check.js';

const minDiskBytes = gib; // a run's checkpoints
const minSharedBytes = gib / 4; // gradients of all workers; the default of Docker is 64 MiB

export function folderChecks(): Check[] {
  const shared = { minBytes: minSharedBytes, room: 'give it more (Docker: --shm-size=1g), or use one worker' };
  const elsewhere = 'start from a folder that this user may write to, or name one with --root';
  const runs = { minBytes: minDiskBytes, room: 'free some space, or start from another folder', other: elsewhere };
  return [
    cacheCheck(),
    folderCheck('disk for runs', resolve('runs'), runs),
    ...(existsSync('/dev/shm') ? [folderCheck('/dev/shm', '/dev/shm', shared)] : []),
  ];
}

function cacheCheck(): Check {
  const name = 'disk for the cache';
  const room = 'free some space, or set MNV4_CACHE=FOLDER';
  try {
    return folderCheck(name, cacheFolder(), { minBytes: minDiskBytes, room, other: cacheRemedy });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return failed(name, error.message, error.remedy ?? cacheRemedy);
  }
}

interface Needs {
  readonly minBytes: number;
  /** Advice for a folder with less room. */
  readonly room: string;
  /** Advice for a path that is not a folder or cannot be written. */
  readonly other?: string;
}

/** Checks the folder, or the nearest folder above it that exists. */
export function folderCheck(name: string, folder: string, { minBytes, room, other = room }: Needs): Check {
  try {
    const there = `${nearest(resolve(folder))}/.`; // fails on a file
    accessSync(there, constants.W_OK);
    const { bavail, bsize } = statfsSync(there);
    const detail = `${inGib(bavail * bsize)} free in ${folder}`;
    return bavail * bsize >= minBytes ? passed(name, detail) : failed(name, detail, room);
  } catch (error) {
    return failed(name, `${folder}: ${systemProblem(error)}`, other);
  }
}
