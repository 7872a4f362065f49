import { expect, it } from 'vitest';
import { WorkerLost } from '#jobs/workers/worker-lost';

it('a worker that is lost says from where the run resumes: its last checkpoint, or the step saved since', () => {
  const lost = new WorkerLost('backend', 'worker 1 of 2 hangs');
  expect(lost.remedy).toBe('the last checkpoint is kept: run the same command again to resume');
  const saved = lost.savedAfter(7);
  expect([saved.kind, saved.message, saved.remedy]).toEqual([
    'backend',
    'worker 1 of 2 hangs',
    'step 7 is saved: run the same command again to resume',
  ]);
});
