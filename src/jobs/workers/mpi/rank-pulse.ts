/** The pulses of ranks: in the memory of their node if there is only one, else in files of the run's folder. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pulsePlaces } from '#jobs/workers/host/host-collective';
import type { Stall } from '#jobs/workers/stall';
import { startPulse } from '#jobs/workers/start-pulse';
import type { Rendezvous } from './rendezvous.js';

export interface RankPulseRequest {
  readonly rendezvous: Rendezvous;
  readonly nodes: number;
  /** Descriptor of the memory that the ranks of this node share, for vectors of up to `longest` floats. */
  readonly memory: number;
  readonly longest: number;
  /** The run's folder. Ranks of several nodes are watched if there is one and they can write to it. */
  readonly folder?: string | undefined;
  /** Called on rank 0 when a rank hangs. */
  readonly onStall: (stall: Stall) => void;
}

/** Starts this rank's pulse, on rank 0 also the watch over the others; returns the function that ends both. */
export async function startRankPulse(request: RankPulseRequest): Promise<() => Promise<unknown>> {
  const { rendezvous, nodes, memory, longest, folder, onStall } = request;
  const { rank, size } = rendezvous;
  const watch = rank === 0 ? { onStall } : {};
  if (nodes === 1) return startPulse(rank, pulsePlaces(memory, { longest, size, vectors: 0 }), watch);
  if (folder === undefined) return async () => {};
  const pulses = join(folder, 'pulses');
  const remove = () => rmSync(pulses, { recursive: true, force: true, maxRetries: 5 }); // a rank may still write
  if (rank === 0) {
    remove();
    mkdirSync(pulses);
  }
  await rendezvous.parts(new Float64Array(0)); // no rank's file is older than this job
  const end = startPulse(
    rank,
    Array.from({ length: size }, (_, r) => ({ file: join(pulses, String(r)), at: 0 })),
    watch,
  );
  return async () => {
    await end();
    if (rank === 0) remove();
  };
}
