/** A run that goes on to more steps than it had. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Extension, RunState } from './run-state.js';

/** A run's extensions, that to `steps` included where it had another number until now. */
export function extensionsOf(before: RunState | undefined, steps: number): readonly Extension[] {
  const extensions = before?.extensions ?? [];
  if (before === undefined || before.steps === steps) return extensions;
  return [...extensions, { step: before.step, steps: before.steps }];
}

/** The field that says so, where there are any. */
export function noted(extensions: readonly Extension[]): { readonly extensions?: readonly Extension[] } {
  return extensions.length > 0 ? { extensions } : {};
}

interface LongerRun {
  readonly id: string;
  readonly steps: number;
  readonly notice: (message: string) => void;
}

/** Removes what came out of fewer steps, which is no result of the run any more. */
export function beginExtension(folder: string, before: RunState, { id, steps, notice }: LongerRun): void {
  for (const name of ['architecture.yaml', 'result.json']) rmSync(join(folder, name), { force: true });
  const what = `${id}: extended from ${before.steps} to ${steps} steps`;
  notice(`${what}; from step ${before.step} on its schedules are those of a run of ${steps}`);
}
