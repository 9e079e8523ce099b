/**
 * Durations counted in fixed buckets: they add up over minutes, keys and nodes, where percentiles do not. A percentile
 * read from them is off by less than the width of its bucket.
 */

/** Upper bounds in milliseconds, inclusive; one more bucket takes what is longer. */
export const HISTOGRAM_BOUNDS_MS: readonly number[] = [
  50, 100, 150, 250, 400, 600, 900, 1_400, 2_100, 3_200, 5_000, 8_000, 13_000, 25_000, 60_000,
];

export const HISTOGRAM_BUCKETS = HISTOGRAM_BOUNDS_MS.length + 1;

export function bucketOf(durationMs: number): number {
  const index = HISTOGRAM_BOUNDS_MS.findIndex((boundMs) => durationMs <= boundMs);
  return index < 0 ? HISTOGRAM_BOUNDS_MS.length : index;
}

/**
 * Milliseconds that the share `quantile` (0 to 1) of all stays under, evenly spread within its bucket; null when
 * nothing was counted. Beyond the last bound that bound is returned: it is at least as much.
 */
export function quantileMs(counts: readonly number[], quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = quantile * total;
  let before = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && before + count >= rank) {
      const low = HISTOGRAM_BOUNDS_MS[index - 1] ?? 0;
      const high = HISTOGRAM_BOUNDS_MS[index];
      return high === undefined ? low : low + ((high - low) * (rank - before)) / count;
    }
    before += count;
  }
  return HISTOGRAM_BOUNDS_MS.at(-1)!;
}
