import { expect, it } from 'vitest';
import { openMpi } from '#jobs/workers/mpi/open-mpi';
import { failureOfAsync } from '#test/data/fixtures';

it.each(['libmpi-missing.so', 'libc.so.6'])('%s, which is not Open MPI, is a backend failure', async (library) => {
  const failure = await failureOfAsync(() => openMpi(library));
  expect([failure.kind, failure.exitCode]).toEqual(['backend', 5]);
  expect(failure.message).toMatch(new RegExp(`^Open MPI's library ${library} does not load: `));
  expect(failure.remedy).toContain('needs no MPI');
});
