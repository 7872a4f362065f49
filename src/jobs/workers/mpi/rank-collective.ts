/**
 * The `Collective` of MPI ranks. Short vectors are summed in a meeting of all ranks; long ones first over the ranks of
 * each node in shared memory, then over the nodes by an exchange of chunks.
 */
import { closeSync } from 'node:fs';
import { noteWaiting } from '#core/pulse';
import { traced } from '#core/trace';
import type { Collective } from '#jobs/workers/collective';
import { HostCollective, longestMessage } from '#jobs/workers/host/host-collective';
import type { Vector } from '#jobs/workers/host/messages';
import type { Stall } from '#jobs/workers/stall';
import { waitForOthers } from '#jobs/workers/wait-for-others';
import type { HostKernels, SharedPlace } from '#networks/tensor/host-kernels';
import { addUpPlain, ChunkExchange } from './chunk-exchange.js';
import type { Communicator } from './communicator.js';
import { nodeLayout, openNodeMemory } from './node-layout.js';
import { startRankPulse } from './rank-pulse.js';
import type { Rendezvous } from './rendezvous.js';

export interface RankCollectiveParts {
  readonly rendezvous: Rendezvous;
  /** The ranks of this node. */
  readonly node: HostCollective;
  /** True if any node has several ranks. */
  readonly sharesMemory: boolean;
  /** On one rank of each node, if there are several nodes. */
  readonly exchange?: ChunkExchange | undefined;
  readonly nodes: number;
  readonly host: HostKernels;
  /** True once this rank has been asked to stop. */
  readonly isAsked: () => boolean;
}

export class RankCollective implements Collective {
  readonly rank: number;
  readonly size: number;
  readonly #parts: RankCollectiveParts;

  constructor(parts: RankCollectiveParts) {
    this.rank = parts.rendezvous.rank;
    this.size = parts.rendezvous.size;
    this.#parts = parts;
  }

  async allReduce(values: Vector): Promise<void> {
    if (!(values instanceof Float32Array) || values.length <= longestMessage) values.set(await this.#gather(values));
    else await this.#allReduceLong(values);
  }

  async any(flag: boolean): Promise<boolean> {
    const [raised] = await this.#gather(Float64Array.of(Number(flag || this.#parts.isAsked())));
    return (raised as number) > 0;
  }

  async broadcast(values: Float32Array): Promise<void> {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    await waitForOthers(() => this.#parts.rendezvous.broadcast(bytes));
  }

  /**
   * This rank's place for a vector, in mapped memory. Where no node has several ranks, the exchange overwrites it with
   * the sum, so that nothing is copied.
   */
  places(n: number): SharedPlace | undefined {
    const { node, nodes, sharesMemory, host } = this.#parts;
    const place = node.places(n);
    if (place === undefined || nodes === 1) return place;
    return {
      own: place.own,
      allReduce: async (factor) => {
        if (!sharesMemory) await this.#barrier();
        const total = sharesMemory ? await place.allReduce(1) : place.own;
        await this.#sumOverNodes(total, factor, host.addUp);
        if (sharesMemory) await this.#barrier();
        return total;
      },
    };
  }

  async #allReduceLong(values: Float32Array): Promise<void> {
    const { node, nodes, sharesMemory } = this.#parts;
    if (sharesMemory) await node.allReduce(values);
    else await this.#barrier();
    if (nodes > 1) await this.#sumOverNodes(values, 1, addUpPlain);
    if (nodes > 1 && sharesMemory) await node.broadcast(values);
  }

  /** Sums over the nodes, on the one rank of each node that exchanges. */
  async #sumOverNodes(values: Float32Array, factor: number, addUp: HostKernels['addUp']): Promise<void> {
    const { exchange } = this.#parts;
    if (exchange === undefined) return;
    noteWaiting(true);
    await traced('averaging', 'over the nodes', () => exchange.sum(values, factor, addUp));
    noteWaiting(false);
  }

  async #barrier(): Promise<void> {
    await this.#gather(new Float64Array(0));
  }

  #gather(values: Vector): Promise<Vector> {
    return waitForOthers(() => this.#parts.rendezvous.gather(values));
  }
}

export interface RankCollectiveRequest {
  readonly group: Communicator;
  readonly rendezvous: Rendezvous;
  /** Number that is the same for ranks that can share memory. */
  readonly nodeId: number;
  /** Length in floats of the longest vector that is summed. */
  readonly longest: number;
  /** The run's folder, if there is a run. */
  readonly folder?: string | undefined;
  readonly host: HostKernels;
  readonly isAsked: () => boolean;
  /** Called on rank 0 when a rank hangs. */
  readonly onStall: (stall: Stall) => void;
}

/** Makes the collective of a job's ranks, and the function that frees what it holds; all ranks call both. */
export async function openRankCollective(
  request: RankCollectiveRequest,
): Promise<{ readonly collective: Collective; readonly close: () => Promise<void> }> {
  const { group, rendezvous, longest, folder, host, isAsked, onStall } = request;
  const ids = (await rendezvous.parts(Float64Array.of(request.nodeId))).map(([id]) => id as number);
  const layout = nodeLayout(ids, group.rank);
  const { place, ranks, nodes, sharesMemory } = layout;
  const memory = await openNodeMemory(rendezvous, layout, longest);
  const endPulse = await startRankPulse({ rendezvous, nodes, memory, longest, folder, onStall });
  const gather = (values: Vector) => rendezvous.gather(values);
  const node = new HostCollective({ rank: place, size: ranks, gather, memory, longest, vectors: 0, host });
  const leads = nodes > 1 ? await group.split(place === 0) : undefined;
  const exchange = leads && new ChunkExchange(leads);
  const close = async () => {
    await endPulse();
    host.share(memory, 0, 1);
    closeSync(memory);
    leads?.free();
  };
  const parts = { rendezvous, node, sharesMemory, exchange, nodes, host, isAsked };
  return { collective: new RankCollective(parts), close };
}
