// One rank of the measurement of the collective, under mpirun. Rank 0 prints the times as JSON.
import { joinRanks } from '#jobs/workers/mpi/join';
import { lengths, timedCollective } from './all-reduces.mjs';

const ranks = await joinRanks(process.env);
if (ranks === undefined) throw new Error('expected several ranks; start it with mpirun');
if (ranks.rank > 0) process.exit(await ranks.serve(() => false));

const team = await ranks.launcher.start({
  workers: { count: ranks.size, threads: 1 },
  module: new URL('all-reduces.mjs', import.meta.url).href,
  job: {},
  longest: Math.max(...lengths),
});
console.log(JSON.stringify(await timedCollective(team.collective)));
await team.end();
process.exit(await ranks.end(0));
