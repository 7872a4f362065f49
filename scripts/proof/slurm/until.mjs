// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until the test holds.
 *
 * @param {string} what  for the error @param {() => unknown} test @param {number} [seconds]
 */
export async function until(what, test, seconds = 30) {
  const end = performance.now() + 1000 * seconds;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await sleep(200);
  }
}
