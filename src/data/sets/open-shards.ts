/** The shards of a set that are open: the most recently used ones whose files fit into a budget. */
import type { ShardEntry } from './manifest.js';
import type { OpenShard } from './open-shard.js';

export interface OpenShards {
  /** Calls `work` with a shard as soon as it is open; the shard stays open until `work` returns. */
  using<T>(entry: ShardEntry, work: (shard: OpenShard) => T): Promise<T>;
}

interface Lease {
  readonly shard: Promise<OpenShard>;
  users: number;
  dropped: boolean;
}

/**
 * Keeps shards open within a budget of file bytes, since files that are used together should fit into the operating
 * system's cache; the latest is always open. Shards open one at a time.
 */
export function openShards(open: (entry: ShardEntry) => Promise<OpenShard>, budgetBytes: number): OpenShards {
  const kept = new Map<ShardEntry, Lease>();
  let keptBytes = 0;
  let last: Promise<unknown> = Promise.resolve();
  const opened = (entry: ShardEntry) => {
    const shard = last.then(() => open(entry));
    last = shard.catch(() => {
      if (kept.delete(entry)) keptBytes -= entry.bytes; // the next use tries again
    });
    return shard;
  };
  const closeUnused = (lease: Lease) => {
    if (lease.dropped && lease.users === 0) void lease.shard.then((shard) => shard.close()).catch(() => {});
  };
  const leased = (entry: ShardEntry): Lease => {
    const lease = kept.get(entry) ?? { shard: opened(entry), users: 0, dropped: false };
    if (!kept.delete(entry)) keptBytes += entry.bytes;
    kept.set(entry, lease); // a Map keeps insertion order, so the first entry is the least recently used
    for (const [oldest, old] of kept) {
      if (keptBytes <= budgetBytes || oldest === entry) break;
      kept.delete(oldest);
      keptBytes -= oldest.bytes;
      old.dropped = true;
      closeUnused(old);
    }
    return lease;
  };
  return {
    async using(entry, work) {
      const lease = leased(entry);
      lease.users++;
      try {
        return work(await lease.shard);
      } finally {
        lease.users--;
        closeUnused(lease);
      }
    },
  };
}
