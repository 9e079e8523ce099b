import type { Usage } from "../canonical/usage.ts";

/** Order of the buckets in a ledger row. Part of every ledger ever written: new ones go to the end. */
const BUCKETS = [
  "input",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite1h",
  "output",
  "reasoning",
  "audioInput",
  "audioOutput",
  "searches",
] as const satisfies readonly (keyof Usage)[];

/** Buckets as a JSON array without trailing zeros. */
export function packUsage(usage: Usage): string {
  const counts = BUCKETS.map((bucket) => usage[bucket] ?? 0);
  return JSON.stringify(counts.slice(0, counts.findLastIndex((count) => count !== 0) + 1));
}

/** Every bucket by name, also those that are zero. */
export function unpackUsage(json: string): Record<(typeof BUCKETS)[number], number> {
  const counts = JSON.parse(json) as number[];
  return Object.fromEntries(BUCKETS.map((bucket, index) => [bucket, counts[index] ?? 0])) as Record<
    (typeof BUCKETS)[number],
    number
  >;
}
