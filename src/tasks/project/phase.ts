/** The phases on the way from pictures to an exported network, each with its own result on disk. */
import type { JobContext } from '#jobs/job-context';

export type PhaseName = 'fetch' | 'teacher' | 'dataset' | 'coarse' | 'fine' | 'compare' | 'train' | 'export';

export interface Phase {
  readonly name: PhaseName;
  /** Description of the result, such as the name of the teacher. */
  readonly subject: string;
  /** True if the result exists. */
  readonly isDone: boolean;
  /** Time on the nominal machine of `work.ts`, in s. */
  readonly nominalSeconds: number;
  /** Makes the result, or the rest of it; a finished phase is left unchanged. */
  run(context: JobContext): Promise<void>;
}
