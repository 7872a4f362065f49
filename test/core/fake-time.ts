/** Time that passes as fast as it is waited for, for tests of what waits. */
import { vi } from 'vitest';

/** Stands in for `node:timers/promises`, by the timers that `hastened` controls: for `vi.mock`. */
export const timersPromises = {
  setTimeout: (ms: number) => new Promise<void>((passed) => setTimeout(passed, ms)),
};

/** Runs work to its end on a clock that jumps to the next timer as soon as nothing else is left to do. */
export async function hastened<T>(work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  try {
    let isDone = false;
    const outcome = work().finally(() => {
      isDone = true;
    });
    outcome.catch(() => {}); // thrown below, once the clock has come to it
    while (!isDone) await vi.advanceTimersToNextTimerAsync();
    return await outcome;
  } finally {
    vi.useRealTimers();
  }
}
