/** Runs the phases of a search in order, as one work with one progress. */
import { Failure } from '#core/failure';
import type { JobContext } from '#jobs/job-context';
import type { Phase } from './phase.js';
import { phaseClock } from './time-left.js';

/** Runs the phases; a finished phase only checks that it is what the config asks for. */
export async function runPhases(phases: readonly Phase[], context: JobContext): Promise<void> {
  const { observer, shouldStop } = context;
  const missing = phases.filter(({ isDone }) => !isDone);
  const clock = phaseClock(missing);
  for (const phase of phases) {
    const at = missing.indexOf(phase);
    if (at >= 0) observer.note(`phase ${at + 1} of ${missing.length}: ${phase.name} (${phase.subject})`);
    await phase.run(at < 0 ? context : { ...context, observer: clock.observing(at, observer) });
    await new Promise(setImmediate); // lets signal handlers run
    if (shouldStop() && phase !== phases.at(-1)) {
      throw new Failure(
        'stopped',
        `stopped on request after the phase ${phase.name}`,
        'run the same command again to resume',
      );
    }
  }
}
