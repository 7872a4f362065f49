/** Small charts of one line. */
import { meanOf } from '#core/statistics/scoring';

const levels = [...'▁▂▃▄▅▆▇█'];

/**
 * Draws values from left to right as bars from the lowest to the highest, at most `width` of them; of more values, each
 * bar is the mean of equally many. Empty without two values, since a single one shows no course.
 */
export function sparkline(values: readonly number[], width: number): string {
  const finite = values.filter(Number.isFinite);
  const count = Math.min(finite.length, Math.floor(width));
  if (count < 2) return '';
  const at = (bar: number) => Math.floor((bar * finite.length) / count);
  const means = Array.from({ length: count }, (_, bar) => meanOf(finite.slice(at(bar), at(bar + 1))));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const level = (value: number) =>
    high === low ? 3 : Math.round(((value - low) / (high - low)) * (levels.length - 1));
  return means.map((value) => levels[level(value)]).join('');
}

/** Draws a share from 0 to 1 as a bar of `width` columns. */
export function shareBar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '━'.repeat(full) + '─'.repeat(width - full);
}
