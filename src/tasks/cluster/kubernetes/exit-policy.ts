/** The actions of the Job controller on each exit code of a pod; docs/clusters-kubernetes.md has the table. */
import { exitCodes } from '#core/failure';

const terminated = 128 + 15; // the exit code of a process that SIGTERM ended before it could handle it

/**
 * The rules of an indexed Job, of which the first that matches holds; a code without a rule counts towards
 * `backoffLimitPerIndex`.
 */
export const podFailurePolicy = {
  rules: [
    onExit('FailJob', [exitCodes.usage, exitCodes.config]), // every index has the same files
    onExit('FailIndex', [exitCodes.targetMissed]), // the same seed would miss it again
    onExit('Ignore', [exitCodes.stopped, terminated]),
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  ],
};

/** The same without indexes. */
export const singlePodFailurePolicy = {
  rules: podFailurePolicy.rules.filter(({ action }) => action !== 'FailIndex'),
};

function onExit(action: string, values: readonly number[]) {
  return { action, onExitCodes: { operator: 'In', values } };
}
