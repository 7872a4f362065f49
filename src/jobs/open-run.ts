/** Opens a job's run for this process. */
import { type OpenRunRequest, openRun, type Run, runFolder } from '#jobs/runs/run-folder';
import { settleLock } from '#jobs/runs/settle-lock';
import type { Workers } from '#jobs/workers/launcher';
import type { RunRequest } from './job-context.js';

/** The settings of a run that its task provides. */
export type RunContent = Pick<
  OpenRunRequest,
  'stage' | 'steps' | 'lengthKey' | 'renamedKeys' | 'config' | 'identity' | 'space'
> & {
  /** Recorded with the machine and the program. */
  readonly environment?: object;
};

/** Settles a lock that another process may have left, then opens the run: makes its folder or resumes it. */
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
