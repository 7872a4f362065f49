/**
 * All ranks of the program. Rank 0 runs the command; the others wait for its jobs and serve them until the command
 * ends. Between jobs every rank says a word in a meeting of all: rank 0 that a job follows or that the program ends, the
 * others that they are idle.
 */
import { deserialize, serialize } from 'node:v8';
import { usableCores } from '#core/machine/cores';
import { takeGpu } from '#core/machine/gpus';
import { procText } from '#core/machine/processes';
import { oneProcess } from '#jobs/workers/collective';
import { jobOf, type Launcher, type LaunchRequest, type Serve, type Team } from '#jobs/workers/launcher';
import type { Ranks } from '#jobs/workers/ranks';
import { type Stall, stallText } from '#jobs/workers/stall';
import { WorkerLost } from '#jobs/workers/worker-lost';
import type { HostKernels } from '#networks/tensor/host-kernels';
import type { Communicator } from './communicator.js';
import { idOf, nodeId } from './node-layout.js';
import { openRankCollective, type RankCollectiveRequest } from './rank-collective.js';
import { Interrupted, Rendezvous } from './rendezvous.js';

const kinds = { idle: 0, job: 1, end: 2 } as const;
const idlePauseMs = 20; // rank 0 may prepare a job for minutes

/** Opens a rank's backend for a job and returns its kernels. */
export type OpenKernels = (workers: LaunchRequest<unknown>['workers']) => Promise<HostKernels>;

export interface WorldParts {
  readonly group: Communicator;
  readonly finalize: () => void;
  readonly openKernels: OpenKernels;
  /** Number that is the same for ranks that can share memory. */
  readonly nodeId: number;
}

/** One rank's view of all ranks. */
export class World implements Ranks {
  readonly rank: number;
  readonly size: number;
  readonly here: number;
  readonly threads: number;
  readonly launcher: Launcher = { start: (request) => this.#start(request) };
  readonly #parts: WorldParts;
  #hasLostRank = false;

  private constructor(parts: WorldParts, { here, threads }: Pick<Ranks, 'here' | 'threads'>) {
    this.#parts = parts;
    this.rank = parts.group.rank;
    this.size = parts.group.size;
    this.here = here;
    this.threads = threads;
  }

  /** Meets the other ranks, to learn how many use the same host and cores. */
  static async of(parts: WorldParts): Promise<World> {
    const { group } = parts;
    const [host, cores] = [nodeId(), idOf(String(nodeId()), allowedCores())];
    const all = await group.allGather(Float64Array.of(host, cores));
    const alike = (field: 0 | 1, id: number) => all.filter((other, i) => i % 2 === field && other === id).length;
    return new World(parts, {
      here: alike(0, host),
      threads: Math.max(1, Math.floor(usableCores() / alike(1, cores))),
    });
  }

  /** Serves the jobs of rank 0 and returns the program's exit code; for all other ranks. */
  async serve(isAsked: () => boolean): Promise<number> {
    for (;;) {
      const { kind, value } = await this.#meet(kinds.idle, 0);
      if (kind === kinds.end) return this.#leave(value);
      const bytes = new Uint8Array(value);
      await this.#parts.group.broadcast(bytes, 0);
      await this.#serveJob(deserialize(bytes) as LaunchRequest<unknown>, isAsked);
    }
  }

  /** Ends the other ranks with an exit code; for rank 0. If one of them hangs, this process ends at once, too. */
  async end(code: number): Promise<number> {
    if (this.#hasLostRank) this.#parts.group.abort(code);
    await this.#meet(kinds.end, code);
    return this.#leave(code);
  }

  #leave(code: number): number {
    this.#parts.finalize();
    return code;
  }

  /** Says a word to all ranks and returns that of rank 0. */
  async #meet(kind: number, value: number): Promise<{ readonly kind: number; readonly value: number }> {
    const [first, second] = await this.#parts.group.allGather(Float64Array.of(kind, value), idlePauseMs);
    return { kind: first as number, value: second as number };
  }

  async #start<Job>(request: LaunchRequest<Job>): Promise<Team> {
    const { workers } = request;
    const job = await jobOf(request, 0);
    if (workers.count === 1) return { collective: oneProcess, end: async () => {} };
    const bytes = new Uint8Array(serialize({ ...request, job }));
    await this.#meet(kinds.job, bytes.length);
    await this.#parts.group.broadcast(bytes, 0);
    const group = (await this.#parts.group.split(true)) as Communicator;
    const rendezvous = new Rendezvous(group);
    let close = async () => {};
    const end = async () => {
      await rendezvous.over();
      if (this.#hasLostRank) return; // it would be waited for
      await close();
      group.free();
    };
    const onStall = (stall: Stall) => {
      this.#hasLostRank = true;
      rendezvous.lose(new WorkerLost('backend', stallText(stall, group.size)));
    };
    try {
      const opened = await this.#open(group, rendezvous, request, { isAsked: () => false, onStall });
      close = opened.close;
      return { collective: opened.collective, end };
    } catch (error) {
      await end();
      throw error;
    }
  }

  async #serveJob(request: LaunchRequest<unknown>, isAsked: () => boolean): Promise<void> {
    const group = await this.#parts.group.split(this.rank < request.workers.count);
    if (group === undefined) return;
    const rendezvous = new Rendezvous(group);
    let close = async () => {};
    try {
      const opened = await this.#open(group, rendezvous, request, { isAsked, onStall: () => {} });
      close = opened.close;
      const { serve } = (await import(request.module)) as { readonly serve: Serve<unknown> };
      await serve(request.job, opened.collective);
      await rendezvous.over();
    } catch (error) {
      if (!(error instanceof Interrupted)) await rendezvous.fail(error);
    } finally {
      await close();
      group.free();
    }
  }

  async #open(
    group: Communicator,
    rendezvous: Rendezvous,
    { workers, longest, folder }: LaunchRequest<unknown>,
    hooks: Pick<RankCollectiveRequest, 'isAsked' | 'onStall'>,
  ) {
    const { openKernels, nodeId } = this.#parts;
    const threads = this.rank === 0 ? workers.threads : Math.min(workers.threads ?? this.threads, this.threads);
    const host = await openKernels({ ...workers, threads });
    return openRankCollective({ group, rendezvous, nodeId, longest, folder, host, ...hooks });
  }
}

/** The list of cores on which the system lets this process run. */
function allowedCores(): string {
  return /^Cpus_allowed_list:.*$/m.exec(procText(process.pid, 'status') ?? '')?.[0] ?? '';
}

/** Opens the backend that the workers of a job ask for. */
export const openBackendKernels: OpenKernels = async ({ backend, threads }) => {
  const [{ openBackend }, { hostKernels }] = await Promise.all([
    import('#networks/tensor/backend'),
    import('#networks/tensor/tensorflow'),
  ]);
  takeGpu();
  openBackend({ backend, threads });
  return hostKernels;
};
