/** Counts the labels of a set's splits and measures how sure its teacher is; reads every shard, one at a time. */
import { readShard, rowLayout } from './distillation-set.js';
import { type Manifest, type SplitName, splitNames } from './manifest.js';
import { useSoftLabels } from './soft-labels.js';

export interface SplitStatistics {
  readonly split: SplitName;
  readonly rows: number;
  /** Rows of each class. */
  readonly counts: readonly number[];
  /** Mean entropy of the soft labels in nats; ln K if the teacher knows nothing. */
  readonly entropy: number;
}

export function setStatistics(folder: string, manifest: Manifest): SplitStatistics[] {
  return splitNames.map((split) => splitStatistics(folder, manifest, split));
}

function splitStatistics(folder: string, manifest: Manifest, split: SplitName): SplitStatistics {
  const layout = rowLayout(manifest);
  const counts = new Array<number>(manifest.classes).fill(0);
  const soft = new Float32Array(manifest.classes);
  let [rows, entropy] = [0, 0];
  for (const entry of manifest.shards.filter((one) => one.split === split)) {
    const shard = readShard(folder, entry, layout);
    for (const [row, label] of shard.labels.entries()) {
      counts[label] = (counts[label] as number) + 1;
      useSoftLabels(shard, row, layout, soft);
      for (const p of soft) if (p > 0) entropy -= p * Math.log(p);
    }
    rows += shard.rows;
  }
  return { split, rows, counts, entropy: rows === 0 ? 0 : entropy / rows };
}
