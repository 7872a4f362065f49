/**
 * The program of a phase's process: it opens the backend with the threads that suit the phase, does the work and exits.
 * If the program that started it is gone, it exits by itself.
 */
import { takeGpu } from '#core/machine/gpus';
import { stopSignals } from '#core/machine/stop-signals';
import type { Observer } from '#jobs/observer';
import { problemOf } from '#jobs/workers/host/messages';
import { openBackend } from '#networks/tensor/backend';
import type { FromPhase, PhaseStart, StopRequest } from './phase-messages.js';
import { workOn } from './phase-task.js';

let isAsked = false;
for (const signal of stopSignals) process.on(signal, () => {}); // the program decides
process.stderr.on('error', () => {}); // the terminal may be gone
process.on('disconnect', () => process.exit(0)); // the program is gone
process.on('message', (message: PhaseStart | StopRequest) => {
  if ('isAskedToStop' in message) isAsked = true;
  else void served(message);
});

async function served({ task, workers, environment }: PhaseStart): Promise<void> {
  const observer: Observer = {
    progress: (progress) => tell({ progress }),
    note: (note, fields) => tell({ note, fields }),
    warn: (warn, fields) => tell({ warn, fields }),
  };
  const clock = () => performance.now();
  try {
    takeGpu();
    openBackend({ backend: workers.backend, threads: workers.threads });
    const result = await workOn(task, { observer, shouldStop: () => isAsked, clock, environment, workers });
    await sent({ result });
  } catch (error) {
    await sent({ problem: problemOf(error) });
  }
  process.exit(0);
}

function tell(message: FromPhase): void {
  process.send?.(message, undefined, undefined, () => {}); // `disconnect` reports that the program is gone
}

function sent(message: FromPhase): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}
