/** A fake clock that skips waiting times in tests. */
import { vi } from 'vitest';

/** Replaces `node:timers/promises` in `vi.mock` by the timers that `hastened` controls. */
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
    outcome.catch(() => {}); // thrown below, once the clock has reached it
    while (!isDone) await vi.advanceTimersToNextTimerAsync();
    return await outcome;
  } finally {
    vi.useRealTimers();
  }
}
