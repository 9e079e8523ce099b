/** The columns of `stats` by kind, in the order in which they are written and read. */
import { getTableColumns } from "drizzle-orm/utils";
import { HISTOGRAM_BUCKETS } from "../histogram.ts";
import { stats } from "./schema/log.ts";

export const DIMENSIONS = [
  "detail",
  "grain",
  "start",
  "model",
  "provider",
  "status",
  "failover",
  "cache",
  "key",
  "team",
] as const;

/** Sums in this order: the figures, then both histograms. */
const FIGURES = [
  "requests",
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "costNanoUsd",
  "overheadUs",
] as const;

export const SUM_COLUMNS: readonly string[] = [
  ...FIGURES.map((name) => stats[name].name),
  ...histogramColumns("first"),
  ...histogramColumns("total"),
];

export const FIRST_AT = FIGURES.length;
export const TOTAL_AT = FIGURES.length + HISTOGRAM_BUCKETS;

function histogramColumns(name: "first" | "total"): string[] {
  const columns = getTableColumns(stats) as Record<string, { name: string }>;
  return Array.from({ length: HISTOGRAM_BUCKETS }, (_, bucket) => columns[`${name}${bucket}`]!.name);
}
