/** Submits the jobs of a written project to Slurm. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import type { JobKind } from '#tasks/cluster/job-plan';

/** An array of jobs in Slurm's queue. */
export interface SubmittedArray {
  readonly kind: JobKind;
  /** Slurm's job id. */
  readonly job: string;
}

/** Runs the project's `submit.sh`; a refusal of sbatch is a usage failure. */
export async function submit(folder: string): Promise<SubmittedArray[]> {
  const script = join(folder, 'submit.sh');
  const { error, stdout, stderr } = await new Promise<{ error: Error | null; stdout: string; stderr: string }>(
    (done) => {
      execFile('sh', [script], (error, stdout, stderr) => done({ error, stdout, stderr }));
    },
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (error === null) {
    return lines.map((line) => {
      const [kind, job] = line.split(' ') as [JobKind, string];
      return { kind, job };
    });
  }
  const message = `could not submit the jobs: ${stderr.trim() || error.message}`;
  const before = lines.length === 0 ? '' : `cancel what was submitted (${lines.join(', ')}), then `;
  throw new Failure('usage', { file: script, message }, `${before}correct the options of sbatch and run sh ${script}`);
}
