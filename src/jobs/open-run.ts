/** A job's run, opened for this process. */
import { type OpenRunRequest, openRun, type Run, runFolder } from '#jobs/runs/run-folder';
import { settleLock } from '#jobs/runs/settle-lock';
import type { Workers } from '#jobs/workers/launcher';
import type { RunRequest } from './job-context.js';

/** Settings of a run that its task states. */
export type RunContent = Pick<
  OpenRunRequest,
  'stage' | 'steps' | 'lengthKey' | 'renamedKeys' | 'config' | 'identity' | 'space'
> & {
  /** Noted beside the machine and the program. */
  readonly environment?: object;
};

/** Waits for the lock of another process that may be gone, then opens the run: makes its folder or resumes it. */
export async function openJobRun(
  { root, id, resume, extend, context }: RunRequest,
  { count, threads }: Workers,
  { environment, ...content }: RunContent,
): Promise<Run> {
  const { shouldStop, observer } = context;
  await settleLock(runFolder(root, id), { shouldStop, notice: observer.note });
  return openRun({
    root,
    id,
    resume,
    extend,
    ...content,
    environment: { ...context.environment, workers: count, threads, ...environment },
    notice: observer.note,
  });
}
