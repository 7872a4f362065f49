import { type Diagnostic, Failure, type FailureKind } from '#core/failure';

/** The failure of a worker that died or hangs, while the state of this one is sound. */
export class WorkerLost extends Failure {
  constructor(kind: FailureKind, problem: string | readonly Diagnostic[], remedy = lastCheckpoint) {
    super(kind, problem, remedy);
  }

  /** The same failure after the state of a finished step was saved. */
  savedAfter(step: number): WorkerLost {
    return new WorkerLost(this.kind, this.diagnostics, this.remedy?.replace(lastCheckpoint, savedAfter(step)));
  }
}

export const lastCheckpoint = 'the last checkpoint is kept: run the same command again to resume';

function savedAfter(step: number): string {
  return `step ${step} is saved: run the same command again to resume`;
}
