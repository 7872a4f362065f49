/** The messages between worker 0 and the other processes of a team. */
import { type Diagnostic, Failure, type FailureKind } from '#core/failure';
import type { StallLimits } from '#jobs/workers/stall';
import type { BackendOptions } from '#networks/tensor/backend';

export type Vector = Float32Array | Float64Array;

/** The first message to a member, which prepares it for its job. */
export interface Start {
  readonly rank: number;
  readonly size: number;
  /** Length in floats of the longest vector that goes through shared memory. */
  readonly longest: number;
  /** Number of vectors of that length in it that all workers hold in common. */
  readonly vectors: number;
  /** The module that exports `serve`. */
  readonly module: string;
  /** The backend to open first; left out if the job computes no tensors. */
  readonly compute?: BackendOptions;
  /** When a worker counts as hanging. */
  readonly stall?: StallLimits;
}

/** The second message to a member. */
export interface Assignment {
  readonly job: unknown;
}

/** Every later message to a member: the sum of the vectors that the workers have sent. */
export interface Total {
  readonly total: Vector;
}

export type FromMember = { readonly values: Vector } | { readonly problem: Problem };

/** A serialized failure or bug. */
export type Problem =
  | { readonly kind: FailureKind; readonly diagnostics: readonly Diagnostic[]; readonly remedy: string | undefined }
  | { readonly stack: string };

export function problemOf(error: unknown): Problem {
  if (error instanceof Failure) {
    const { kind, diagnostics, remedy } = error;
    return { kind, diagnostics, remedy };
  }
  return { stack: error instanceof Error ? `${error.stack}` : String(error) };
}

/** The failure as another process threw it; for a bug, an error that names the process, such as `worker 1`. */
export function errorOf(problem: Problem, process: string): Error {
  if ('kind' in problem) return new Failure(problem.kind, problem.diagnostics, problem.remedy);
  return Object.assign(new Error(`${process} failed`), { stack: `in ${process}: ${problem.stack}` });
}
