/** Extends a run to more steps. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { confusionFile } from './run-result.js';
import type { Extension, RunState } from './run-state.js';

/** A run's extensions, including the one to `steps` if its number of steps changes now. */
export function extensionsOf(before: RunState | undefined, steps: number): readonly Extension[] {
  const extensions = before?.extensions ?? [];
  if (before === undefined || before.steps === steps) return extensions;
  return [...extensions, { step: before.step, steps: before.steps }];
}

/** An object with the field `extensions`, or without it if there are none. */
export function noted(extensions: readonly Extension[]): { readonly extensions?: readonly Extension[] } {
  return extensions.length > 0 ? { extensions } : {};
}

interface LongerRun {
  readonly id: string;
  readonly steps: number;
  readonly notice: (message: string) => void;
}

/** Removes the results of the shorter run, which are no longer valid, and reports the extension to `notice`. */
export function beginExtension(folder: string, before: RunState, { id, steps, notice }: LongerRun): void {
  for (const name of ['architecture.yaml', 'result.json', confusionFile]) rmSync(join(folder, name), { force: true });
  const what = `${id}: extended from ${before.steps} to ${steps} steps`;
  notice(`${what}; from step ${before.step} on its schedules are those of a run of ${steps}`);
}
