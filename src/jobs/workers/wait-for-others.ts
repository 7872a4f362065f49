import { noteWaiting } from '#core/pulse';
import { traced } from '#core/trace';

/** Runs an operation that ends once the other workers take part; its trace and its pulse show that this one waits. */
export function waitForOthers<T>(operation: () => Promise<T>): Promise<T> {
  return traced('waiting', 'for the other workers', () => {
    noteWaiting(true);
    return operation().finally(() => noteWaiting(false));
  });
}
