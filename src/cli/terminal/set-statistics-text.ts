/** The class histogram of a distillation set as text bars. */
import type { SplitStatistics } from '#data/sets/set-statistics';

const barWidth = 30; // characters of the largest class

export function statisticsText(classNames: readonly string[], statistics: readonly SplitStatistics[]): string {
  const width = Math.max(...classNames.map(({ length }) => length));
  return statistics
    .flatMap(({ split, rows, counts, entropy }) => {
      const most = Math.max(1, ...counts);
      const bars = counts.map((count, k) => {
        const bar = '#'.repeat(Math.round((barWidth * count) / most));
        return `  ${(classNames[k] as string).padEnd(width)}  ${String(count).padStart(8)}  ${bar}`.trimEnd();
      });
      return [`${split}: ${rows} rows, mean entropy of soft labels ${entropy.toFixed(3)} nats`, ...bars];
    })
    .join('\n');
}
