/** The messages between a build and its drawing threads. */

import type { Diagnostic, FailureKind } from '#core/failure';
import { inSharedMemory } from '#core/shared-memory';
import type { SharedSource } from '#data/images/shared-source';
import type { BuildImages, TrainImages } from './build-images.js';
import type { PlannedRow } from './build-plan.js';
import type { DrawingSettings, DrawnRows } from './draw-rows.js';

/** Everything that a thread is started with. */
export interface ThreadStart extends Omit<BuildImages, 'parts'> {
  readonly parts: readonly SharedSource[];
  readonly settings: DrawingSettings;
}

export interface DrawRequest {
  readonly id: number;
  readonly rows: readonly PlannedRow[];
}

/** A thread's answer: the rows, a failure, or the text of another error. */
export type DrawReply = { readonly id: number } & (
  | { readonly drawn: DrawnRows }
  | { readonly failure: { kind: FailureKind; diagnostics: readonly Diagnostic[]; remedy: string | undefined } }
  | { readonly error: string }
);

/** The train images where all threads can read them. */
export function sharedTrain({ sources, labels, repeats }: TrainImages): TrainImages {
  return {
    sources: inSharedMemory(sources),
    ...(labels && { labels: inSharedMemory(labels) }),
    ...(repeats && { repeats: inSharedMemory(repeats) }),
  };
}
