/** The time that a run took. */
import { join } from 'node:path';
import { readEvents } from './event-log.js';

/**
 * Returns the seconds that a run spent on its steps, from the speed of each interval in `events.jsonl`; pauses between
 * a stop and a resume do not count. What follows the last step, such as an evaluation, is left out.
 */
export function stepSeconds(folder: string, imagesPerStep: number): number {
  let [seconds, before] = [0, 0];
  for (const { step, imagesPerSecond } of readEvents(join(folder, 'events.jsonl'))) {
    if (typeof imagesPerSecond === 'number') seconds += ((step - before) * imagesPerStep) / imagesPerSecond;
    before = step;
  }
  return seconds;
}
