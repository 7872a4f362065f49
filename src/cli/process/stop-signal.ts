/** Requests to stop: signals, and the end of the npm that runs this program. Long work polls for them between steps. */
import { url as debuggerUrl } from 'node:inspector';
import { exitCodes } from '#core/failure';
import { stopSignals } from '#core/machine/stop-signals';
import { isUnderNohup, launcherWatch } from './launcher.js';

let isAsked = false;
let working = 0; // callers of stopOnSignal that have not released it
let hasLauncherEnded = () => false;

/** Turns signals into requests to stop; while no work polls for them, they end the program at once. */
export function hearStopSignals(): void {
  hasLauncherEnded = launcherWatch();
  for (const signal of stopSignals) process.on(signal, hear);
  if (hasOpenedDebugger()) hear('SIGUSR1');
}

/** Returns the signals to the system, which ends the program even while it computes. */
export function hearNoStopSignals(): void {
  for (const signal of stopSignals) {
    if (signal !== 'SIGHUP' || !isUnderNohup()) process.off(signal, hear);
  }
}

/**
 * Begins work: `asked` is true once a scheduler or a person has asked to stop. A second SIGINT exits without saving, at
 * the end of the step that is being computed.
 */
export function stopOnSignal(): { asked: () => boolean; release: () => void } {
  working++;
  return {
    asked: () => {
      isAsked ||= hasLauncherEnded() || hasOpenedDebugger();
      return isAsked;
    },
    release: () => {
      working--;
    },
  };
}

function hear(signal: NodeJS.Signals): void {
  if (signal === 'SIGHUP' && isUnderNohup()) return;
  if (signal === 'SIGINT' && (isAsked || working === 0)) process.exit(130);
  isAsked = true;
  if (working > 0) return;
  process.stderr.write('stopped on request\nwhat to do: run the same command again\n');
  process.exit(exitCodes.stopped);
}

/**
 * True if a SIGUSR1 came before `hearStopSignals`: it opens Node's debugger, which otherwise only an option of Node can
 * do, such as --inspect or a module to load first.
 */
function hasOpenedDebugger(): boolean {
  const options = [...process.execArgv, process.env['NODE_OPTIONS']].join(' ');
  return debuggerUrl() !== undefined && !/inspect|-r|import|load/.test(options);
}
