/**
 * The processes of one host that share a job. This process is worker 0 and computes too; it starts the others, sends
 * each the job, and ends them when its own work is done or has failed.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gpuEnvironment, ownGpus } from '#core/machine/gpus';
import { stopSignals } from '#core/machine/stop-signals';
import { oneProcess } from '#jobs/workers/collective';
import { jobOf, type Launcher, type LaunchRequest, type Team } from '#jobs/workers/launcher';
import { type Stall, stallText } from '#jobs/workers/stall';
import { startPulse } from '#jobs/workers/start-pulse';
import { lastCheckpoint, WorkerLost } from '#jobs/workers/worker-lost';
import { type HostKernels, noHostKernels } from '#networks/tensor/host-kernels';
import { hostKernels } from '#networks/tensor/tensorflow';
import { add, HostCollective, pulsePlaces, type SharedSize } from './host-collective.js';
import { type Assignment, errorOf, type FromMember, type Start, type Total, type Vector } from './messages.js';
import { openVectors } from './shared-vectors.js';

/** Starts processes on this host that compute with tensors, each with the same backend and number of threads. */
export const hostLauncher: Launcher = {
  start: async ({ workers: { count, ...compute }, folder: _, ...request }) =>
    startTeam({ ...request, size: count, compute }, hostKernels),
};

export interface TeamRequest<Job>
  extends Omit<LaunchRequest<Job>, 'workers' | 'folder'>,
    Pick<Start, 'compute' | 'stall'> {
  /** Number of workers, this process included. */
  readonly size: number;
}

/** Starts the other workers of a job (see `Launcher`). */
export async function startTeam<Job>(request: TeamRequest<Job>, host: HostKernels = noHostKernels): Promise<Team> {
  const { size, longest, stall: limits } = request;
  if (size === 1) {
    await jobOf(request, 0);
    return { collective: oneProcess, end: async () => {} };
  }
  const { memory, ...shared } = openVectors({ longest, size, vectors: request.vectors ?? 0 });
  const gathering = gatheringOf(size);
  const members: Member[] = [];
  const kill = () => {
    for (const { child } of members) child.kill('SIGKILL');
  };
  const onStall = (stall: Stall) => gathering.fail(new WorkerLost('backend', stallText(stall, size)));
  const endPulse = startPulse(0, pulsePlaces(memory, shared), { limits, onStall });
  const end = async () => {
    kill();
    await Promise.all([endPulse(), ...members.map(({ ended }) => ended)]);
    process.off('exit', kill);
    host.share(memory, 0, 1);
    closeSync(memory);
  };
  process.on('exit', kill); // for example, after a second SIGINT
  try {
    for (let rank = 1; rank < size; rank++) members.push(started(rank, memory, { ...request, ...shared }, gathering));
    const job = await jobOf(request, shared.vectors);
    for (const { child } of members) child.send({ job } satisfies Assignment, () => {});
    return { collective: new HostCollective({ rank: 0, ...shared, memory, host, gather: gathering.gather }), end };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Member {
  readonly child: ChildProcess;
  /** Resolves when the process is gone. */
  readonly ended: Promise<unknown>;
}

/** The program of every started worker, from the build even when tests run src/. */
const program = new URL('../../../../dist/jobs/workers/host/member.js', import.meta.url);

function started<Job>(
  rank: number,
  memory: number,
  request: TeamRequest<Job> & SharedSize,
  gathering: Gathering,
): Member {
  const { job: _, ...start } = request;
  const child = fork(fileURLToPath(program), {
    env: { ...process.env, ...gpuEnvironment(ownGpus(), rank) },
    serialization: 'advanced', // keeps typed arrays
    detached: true, // only worker 0 receives the terminal's signals, a hangup or an interrupt
    stdio: ['ignore', 'ignore', 'inherit', 'ipc', memory], // the fifth is `memoryDescriptor` there
  });
  const send = (message: Start | Total) => child.send(message, () => {}); // `exit` reports a worker that is gone
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      gathering.fail(deathOf(rank, request.size, code, signal));
      resolve();
    });
    child.on('error', (error) => {
      gathering.fail(new WorkerLost('backend', `worker ${rank} of ${request.size} does not start: ${error.message}`));
      if (child.pid === undefined) resolve();
    });
  });
  child.on('message', (message: FromMember) => {
    if ('problem' in message) gathering.fail(errorOf(message.problem, `worker ${rank}`));
    else gathering.receive(rank, message.values);
  });
  gathering.onTotal((total) => send({ total }));
  send({ rank, ...start });
  return { child, ended };
}

/** The failure for a worker that ended before worker 0 ended it. */
function deathOf(rank: number, size: number, code: number | null, signal: NodeJS.Signals | null): WorkerLost {
  const how = signal === null ? `exited with ${code}` : `was ended by ${signal}`;
  const message = `worker ${rank} of ${size} ${how} before its work was done`;
  if (stopSignals.some((name) => name === signal)) return new WorkerLost('stopped', message); // a running worker ignores these signals
  return new WorkerLost('backend', message, `${causeOf(signal)}${lastCheckpoint}`);
}

function causeOf(signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') return 'it may have run out of memory (fewer --workers or a smaller batch need less); ';
  const isCrash = signal === 'SIGSEGV' || signal === 'SIGBUS' || signal === 'SIGILL' || signal === 'SIGABRT';
  return isCrash ? 'a library crashed: `mnv4-nas doctor` checks TensorFlow; ' : '';
}

/** Worker 0's side of the sums by messages. */
interface Gathering {
  gather(values: Vector): Promise<Vector>;
  receive(rank: number, values: Vector): void;
  /** Makes the pending and all later calls fail with the first failure. */
  fail(error: Error): void;
  /** Adds a listener for every sum. */
  onTotal(tell: (total: Vector) => void): void;
}

function gatheringOf(size: number): Gathering {
  const parts: (Vector | undefined)[] = [];
  const told: ((total: Vector) => void)[] = [];
  let waiting: { readonly resolve: (total: Vector) => void; readonly reject: (error: Error) => void } | undefined;
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    waiting?.reject(failure);
    waiting = undefined;
  };
  const take = (rank: number, values: Vector) => {
    parts[rank] = values;
    const [first, ...others] = parts.filter((part) => part !== undefined);
    if (first === undefined || others.length + 1 < size) return;
    parts.length = 0;
    const other = others.find((part) => part.length !== first.length);
    if (other !== undefined)
      return fail(new Error(`the workers sum ${first.length} and ${other.length} values at once`));
    const total = first.slice();
    for (const part of others) add(total, part);
    for (const tell of told) tell(total);
    waiting?.resolve(total);
    waiting = undefined;
  };
  return {
    gather: (values) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting = { resolve, reject };
        take(0, values);
      }),
    receive: take,
    fail,
    onTotal: (tell) => void told.push(tell),
  };
}
