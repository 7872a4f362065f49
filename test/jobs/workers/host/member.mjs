// @ts-check
/** The job of the teams that tests start: runs an operation of `acts.mjs`, and fails on request. */
import { Failure } from '#core/failure';
import { requireSameState } from '#jobs/workers/same-state';
import { allReduces, any, broadcast, partialSums, processes, unequalLengths } from './acts.mjs';

/** Raises no flag itself. @param {import('./acts.mjs').Collective} collective */
const asked = (collective) => collective.any(false);
const acts = { allReduces, any, asked, broadcast, partialSums, processes, unequalLengths };

const misdeeds = {
  fails: () => {
    throw new Failure('data', { file: 'shard-3', line: 4, message: 'expected a, got b' }, 'build it again');
  },
  isWrong: () => {
    throw new TypeError('no such thing');
  },
  dies: () => process.kill(process.pid, 'SIGKILL'),
  exits: () => process.exit(9),
  hangs: () => process.kill(process.pid, 'SIGSTOP'),
  isAskedToStop: () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1']) process.kill(process.pid, signal);
  },
};

/** @param {any} job @param {import('./acts.mjs').Collective} collective */
export async function serve(job, collective) {
  if ('state' in job) await requireSameState(collective, 5, () => [job.state[collective.rank]]);
  if (job.misdeed !== undefined && collective.rank === job.by) misdeeds[/** @type {'dies'} */ (job.misdeed)]();
  await acts[/** @type {'allReduces'} */ (job.act)](collective, job);
}
