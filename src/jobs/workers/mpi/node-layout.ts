/** The ranks of a job by node: those of one node share memory, and one rank of each node exchanges with the others. */
import { closeSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { Failure } from '#core/failure';
import { sha256, systemProblem } from '#core/files/files';
import { processTable } from '#core/machine/processes';
import { sharedBytes } from '#jobs/workers/host/host-collective';
import { openSharedMemory } from '#jobs/workers/host/shared-memory';
import type { Rendezvous } from './rendezvous.js';

/** The place of a rank among those of its node. */
export interface NodeLayout {
  /** Rank of the first rank of this node. */
  readonly lead: number;
  /** Place among the ranks of this node, from 0. */
  readonly place: number;
  /** Number of ranks on this node. */
  readonly ranks: number;
  readonly nodes: number;
  /** True if any node has several ranks. */
  readonly sharesMemory: boolean;
}

/** Identifies the set of processes that can share memory: those of one kernel, PID namespace and user. */
export function nodeId(): number {
  return idOf(hostname(), String(processTable()), String(process.getuid?.()));
}

/** A number below 2^48 that is the same for the same texts. */
export function idOf(...texts: readonly string[]): number {
  return Number.parseInt(sha256(JSON.stringify(texts)).slice(0, 12), 16);
}

/** Finds a rank's place from the node ids of all ranks. */
export function nodeLayout(ids: readonly number[], rank: number): NodeLayout {
  const own = ids.flatMap((id, r) => (id === ids[rank] ? [r] : []));
  const nodes = new Set(ids).size;
  return {
    lead: own[0] as number,
    place: own.indexOf(rank),
    ranks: own.length,
    nodes,
    sharesMemory: nodes < ids.length,
  };
}

/**
 * Returns a descriptor of memory for vectors of up to `longest` floats that the ranks of this node share; the caller
 * closes it. It has no name, so the system frees it when they are gone: the others open it through the first one.
 */
export async function openNodeMemory(rendezvous: Rendezvous, layout: NodeLayout, longest: number): Promise<number> {
  const { place, ranks, lead } = layout;
  const made = place === 0 ? openSharedMemory(sharedBytes({ longest, size: ranks, vectors: 0 })) : undefined;
  try {
    const all = await rendezvous.parts(Float64Array.of(process.pid, made ?? 0));
    const [pid, descriptor] = all[lead] as Float64Array;
    const memory = made ?? opened(`/proc/${pid}/fd/${descriptor}`, rendezvous.rank, lead);
    await rendezvous.parts(new Float64Array(0)); // the first keeps it open until all have it
    return memory;
  } catch (error) {
    if (made !== undefined) closeSync(made);
    throw error;
  }
}

function opened(memory: string, rank: number, lead: number): number {
  try {
    return openSync(memory, 'r+');
  } catch (error) {
    throw new Failure(
      'backend',
      `rank ${rank} cannot open the memory of rank ${lead} of its node: ${systemProblem(error)}`,
      'give each rank another MNV4_NODE, so that they share no memory',
    );
  }
}
