// @ts-check
// Takes the lock of a run and keeps it until it is killed: node lock-process.mjs FOLDER TIMES. Prints the notices,
// `locked` once it has the lock, or the kind of failure.

import { lockRun } from '#jobs/runs/run-lock';
import { settleLock } from '#jobs/runs/settle-lock';

const [folder = '', times = ''] = process.argv.slice(2);
const lockTimes = JSON.parse(times);
try {
  await settleLock(folder, { notice: console.log, shouldStop: () => false }, lockTimes);
  lockRun(folder, lockTimes);
  console.log('locked');
  setInterval(() => {}, 1000);
} catch (error) {
  console.log(`failed: ${/** @type {{ kind?: string }} */ (error).kind ?? error}`);
}
