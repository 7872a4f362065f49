/** The estimate of a build, for people. */
import type { BuildEstimate } from '#tasks/distill/estimate-build';
import { duration } from './progress.js';

export function estimateText(name: string, estimate: BuildEstimate): string {
  const { splits, bytes, shards, seconds, rowsPerSecond, poolImages, sample } = estimate;
  const whole = (value: number) => Math.round(value).toLocaleString('en-US');
  return [
    `${name} (dry run: nothing was written)`,
    `rows      train ${whole(splits.train)}, held ${whole(splits.held)}, test ${whole(splits.test)}`,
    ...(poolImages > 0 ? [`pool      ${whole(poolImages)} images to select from`] : []),
    `files     ${whole(shards)} shards, about ${(bytes / 1e6).toFixed(1)} MB`,
    `time      about ${duration(seconds)}, ${whole(rowsPerSecond)} rows/s measured on ${whole(sample)} rows`,
  ].join('\n');
}
