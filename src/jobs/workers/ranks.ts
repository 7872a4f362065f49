/** The MPI ranks that this process belongs to, if mpirun or srun started it as one of several. */
import type { Launcher } from './launcher.js';

/** The ranks of this program, from the view of rank 0. */
export interface Ranks {
  readonly size: number;
  /** Number of ranks on this host. */
  readonly here: number;
  /** Threads for each rank here: the cores that it may use, divided by the ranks that may use the same ones. */
  readonly threads: number;
  /** Lets the other ranks serve jobs. */
  readonly launcher: Launcher;
}

let joined: Ranks | undefined;

/** The ranks of this process; undefined if it was started alone. */
export function joinedRanks(): Ranks | undefined {
  return joined;
}

/** Makes the ranks known to this process, before its first job; undefined forgets them. */
export function setJoinedRanks(ranks: Ranks | undefined): void {
  joined = ranks;
}
