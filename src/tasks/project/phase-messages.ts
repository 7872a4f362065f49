/** The messages between the program and the process of a phase. */
import type { Progress } from '#jobs/observer';
import type { Problem } from '#jobs/workers/host/messages';
import type { Workers } from '#jobs/workers/launcher';
import type { PhaseResults, PhaseTask } from './phase-task.js';

/** The first message to the process. */
export interface PhaseStart {
  readonly task: PhaseTask;
  readonly workers: Workers;
  /** The record of machine and program for the run of the phase. */
  readonly environment: object;
}

/** A later message: the request to stop. */
export interface StopRequest {
  readonly isAskedToStop: true;
}

export type FromPhase =
  | { readonly progress: Progress }
  | { readonly note: string; readonly fields?: Readonly<Record<string, unknown>> | undefined }
  | { readonly warn: string; readonly fields?: Readonly<Record<string, unknown>> | undefined }
  | { readonly problem: Problem }
  | { readonly result: PhaseResults[PhaseTask['kind']] };
