/**
 * Runs a phase in a separate process. TensorFlow's threads are fixed once it has started, and phases need different
 * numbers of workers and threads; the memory of a phase is free when its process ends.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Failure } from '#core/failure';
import { ownGpus } from '#core/machine/gpus';
import type { JobContext } from '#jobs/job-context';
import { errorOf } from '#jobs/workers/host/messages';
import type { Workers } from '#jobs/workers/launcher';
import { joinedRanks } from '#jobs/workers/ranks';
import { openBackend } from '#networks/tensor/backend';
import type { FromPhase, PhaseStart, StopRequest } from './phase-messages.js';
import type { PhaseResults, PhaseTask } from './phase-task.js';

/** The program of the process, from the build even when tests run src/. */
const program = fileURLToPath(new URL('../../../dist/tasks/project/phase-member.js', import.meta.url));
const pollMs = 100; // for requests to stop

/**
 * Does the work of a phase with these workers, and returns its result; its failures are those of the work. Of several
 * MPI ranks, whose threads are the same in all phases, this process and the other ranks do it themselves.
 */
export async function runElsewhere<K extends PhaseTask['kind']>(
  task: PhaseTask & { readonly kind: K },
  workers: Workers,
  context: Pick<JobContext, 'observer' | 'shouldStop' | 'environment'>,
): Promise<PhaseResults[K]> {
  const { observer, shouldStop, environment } = context;
  if (joinedRanks() !== undefined) return (await workHere(task, workers, context)) as PhaseResults[K];
  const gpus = ownGpus();
  const child = fork(program, {
    env: { ...process.env, ...(gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: gpus.join() }) },
    serialization: 'advanced',
    detached: true, // only the program receives the terminal's signals
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill); // for example, after a second SIGINT
  const poll = setInterval(() => {
    if (shouldStop()) child.send({ isAskedToStop: true } satisfies StopRequest, () => {});
  }, pollMs);
  try {
    return await new Promise<PhaseResults[K]>((resolve, reject) => {
      let end = () =>
        reject(new Failure('backend', `the process of the phase ${task.kind} ended before its work was done`, remedy));
      child.on('message', (message: FromPhase) => {
        if ('progress' in message) observer.progress(message.progress);
        else if ('note' in message) observer.note(message.note, message.fields);
        else if ('warn' in message) observer.warn(message.warn, message.fields);
        else if ('problem' in message) end = () => reject(errorOf(message.problem, `the phase ${task.kind}`));
        else end = () => resolve(message.result as PhaseResults[K]);
      });
      child.on('error', reject);
      child.on('exit', () => end());
      child.send({ task, workers, environment } satisfies PhaseStart, () => {}); // `exit` reports a process that is gone
    });
  } finally {
    clearInterval(poll);
    process.off('exit', kill);
  }
}

async function workHere(task: PhaseTask, workers: Workers, context: Omit<JobContext, 'workers' | 'clock'>) {
  const { workOn } = await import('./phase-task.js');
  openBackend({ backend: workers.backend, threads: workers.threads });
  return workOn(task, { ...context, workers, clock: () => performance.now() });
}

const remedy = 'it may have run out of memory; what it has saved is kept: run the same command again to resume';
