/**
 * Sums over the last while, in a ring of buckets: adding costs a few nanoseconds, memory does not grow with traffic.
 * A window covers its time and up to one bucket more, never less.
 */
export interface Window {
  add(slot: number, amount: number, nowMs: number): void;
  /** Sum of each slot over the window. */
  sums(nowMs: number): Float64Array;
}

const BUCKETS = 60;

/**
 * @param spanMs length of the window
 * @param slots numbers that each bucket holds
 * @param smallestBucketMs no bucket is shorter
 */
export function createWindow(spanMs: number, slots: number, smallestBucketMs: number): Window {
  const bucketMs = Math.max(smallestBucketMs, spanMs / BUCKETS);
  // One for the part of a bucket at each end.
  const size = Math.ceil(spanMs / bucketMs) + 1;
  const buckets = Array.from({ length: size }, () => ({
    turn: Number.NEGATIVE_INFINITY,
    values: new Float64Array(slots),
  }));
  return {
    add(slot, amount, nowMs) {
      const turn = Math.floor(nowMs / bucketMs);
      const bucket = buckets[turn % size]!;
      if (bucket.turn !== turn) {
        bucket.turn = turn;
        bucket.values.fill(0);
      }
      bucket.values[slot]! += amount;
    },
    sums(nowMs) {
      const turn = Math.floor(nowMs / bucketMs);
      const total = new Float64Array(slots);
      for (const bucket of buckets) {
        if (bucket.turn > turn || bucket.turn <= turn - size) continue;
        for (let slot = 0; slot < slots; slot++) total[slot]! += bucket.values[slot]!;
      }
      return total;
    },
  };
}
