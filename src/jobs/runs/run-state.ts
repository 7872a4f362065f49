/** The progress of a run: `state.json`, rewritten whole at every change and read by `runs list` and `runs show`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { integer, quantity, readChecked, text, word } from '#core/documents/conform';
import { writeAtomically } from '#core/files/files';
import { jsonText } from '#core/files/json';

export type RunStatus = 'running' | 'done' | 'stopped' | 'failed';

/** An extension of a run to more steps than it had. */
export const extensionSchema = z.object({
  /** Finished steps when it was extended. */
  step: integer('a step', 0),
  /** Total number of steps before the extension. */
  steps: integer('a number of steps', 0),
});

export type Extension = Readonly<z.output<typeof extensionSchema>>;

export interface RunState {
  readonly id: string;
  readonly stage: string;
  readonly status: RunStatus;
  /** Finished steps. */
  readonly step: number;
  readonly steps: number;
  /** The scheduler's job that began or last resumed the run, if any. */
  readonly job?: string | undefined;
  /** Why the run failed or stopped, if known. */
  readonly reason?: string | undefined;
  /** The result's, once the run is done; absent in runs of older versions. */
  readonly quality?: number | undefined;
  /** The same; null for a training. */
  readonly reward?: number | null | undefined;
  readonly extensions?: readonly Extension[] | undefined;
}

const version = 1;

const stateSchema = z.object({
  version: z.literal(version, { error: `version ${version}` }),
  id: text('the id of a run'),
  stage: text('the stage of a run'),
  status: word('running', 'done', 'stopped', 'failed'),
  step: integer('a number of steps', 0),
  steps: integer('a number of steps', 0),
  job: text('the id of a job').optional(),
  reason: text('a reason').optional(),
  quality: quantity('a number').optional(),
  reward: quantity('a number').nullable().optional(),
  extensions: z.array(extensionSchema).readonly().optional(),
});

export function isRun(folder: string): boolean {
  return existsSync(stateFile(folder));
}

/** The state of the run in `folder`; a damaged state, or one of another version, is a data failure. */
export function readState(folder: string): RunState {
  const { version: _, ...state } = readChecked(stateFile(folder), stateSchema);
  return state;
}

export function writeState(folder: string, state: RunState): void {
  writeAtomically(stateFile(folder), jsonText({ version, ...state }));
}

function stateFile(folder: string): string {
  return join(folder, 'state.json');
}
