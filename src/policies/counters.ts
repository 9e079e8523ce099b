import type { Clock } from "../canonical/deps.ts";
import type { Bucket } from "./gcra.ts";

/** Buckets of all limits by kind and level. Outlives a configuration, and by `entries` and `restore` the process. */
export interface Counters {
  bucket(kind: string, levelId: string): Bucket;
  /** Those that are not full, with the epoch milliseconds at which they will be. */
  entries(): [id: string, fullAtMs: number][];
  restore(entries: readonly (readonly [id: string, fullAtMs: number])[]): void;
}

/** End users choose their own names. Beyond so many the longest unused bucket is forgotten, mostly a full one. */
const MAX_BUCKETS = 100_000;
/** Looked at for a full one before the oldest has to go. */
const SEARCH = 16;
/** No limit has a longer period; a saved time beyond it came from a clock that was wrong. */
const MAX_PERIOD_MS = 24 * 60 * 60_000;

export function createCounters(clock: Clock): Counters {
  const buckets = new Map<string, Bucket>();

  const makeRoom = () => {
    const now = clock.monotonic();
    let looked = 0;
    for (const [id, { fullAt }] of buckets) {
      if (fullAt <= now) return void buckets.delete(id);
      if (++looked >= SEARCH) break;
    }
    buckets.delete(buckets.keys().next().value!);
  };

  return {
    bucket(kind, levelId) {
      const id = `${kind} ${levelId}`;
      let bucket = buckets.get(id);
      if (bucket) return bucket;
      if (buckets.size >= MAX_BUCKETS) makeRoom();
      bucket = { fullAt: 0 };
      buckets.set(id, bucket);
      return bucket;
    },
    entries() {
      const now = clock.monotonic();
      const offsetMs = clock.now() - now;
      const found: [string, number][] = [];
      for (const [id, { fullAt }] of buckets) if (fullAt > now) found.push([id, Math.ceil(fullAt + offsetMs)]);
      return found;
    },
    restore(entries) {
      const now = clock.monotonic();
      const offsetMs = clock.now() - now;
      for (const [id, fullAtMs] of entries) {
        const fullAt = fullAtMs - offsetMs;
        if (fullAt > now && fullAt <= now + MAX_PERIOD_MS) buckets.set(id, { fullAt });
      }
    },
  };
}
