#!/usr/bin/env node
/** The entry point: listens for signals first, since everything else takes a moment to load. */
import { hearStopSignals } from '#cli/process/stop-signal';
import { exitCodes } from '#core/failure';
import { systemProblem } from '#core/files/files';
import { hearNotices } from '#core/notices';

hearStopSignals();
process.stderr.on('error', () => {}); // a terminal that is gone must not end a run
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || error.code === 'EIO') return; // the reader, such as `head`, has seen enough
  process.stderr.write(`standard output: could not write the result: ${systemProblem(error)}\n`);
  process.exit(exitCodes.data);
});
hearNotices(async (message) => (await import('#cli/terminal/log')).standardReporter().note(message));
const { run } = await import('./program.js');
process.exitCode = await run(process.argv);
