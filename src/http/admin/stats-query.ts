/** What both routes of sums read and answer alike: a time, its buckets, the groups, and medians. */
import { quantileMs } from "../../store/histogram.ts";
import { STATS_BUCKETS, type StatsBucket } from "../../store/stats-ports.ts";
import { readChoice, readEvery, readTime } from "./query.ts";

const DAY_MS = 86_400_000;

/** The query's parameters that `readSums` takes. */
export const SUMS_PARAMETERS = ["from", "to", "bucket", "every", "group_by"] as const;

interface SumsQuery<Group extends string> {
  fromMs: number;
  toMs: number;
  groupBy: Group[];
  bucket?: StatsBucket;
  every?: number;
}

/** Without `from`: the last 24 hours. */
export function readSums<const Group extends string>(
  query: Partial<Record<(typeof SUMS_PARAMETERS)[number], string>>,
  groups: readonly Group[],
  nowMs: number,
): SumsQuery<Group> {
  const toMs = readTime("to", query.to, nowMs) ?? nowMs;
  const fromMs = readTime("from", query.from, nowMs) ?? toMs - DAY_MS;
  const named = (query.group_by?.split(",") ?? []).map((group) => readChoice("group_by", group.trim(), groups)!);
  const asked: SumsQuery<Group> = { fromMs, toMs, groupBy: [...new Set(named)] };
  const bucket = readChoice("bucket", query.bucket, STATS_BUCKETS);
  if (bucket !== undefined) asked.bucket = bucket;
  const every = readEvery(query.every, bucket);
  if (every !== undefined) asked.every = every;
  return asked;
}

/** What was read, beside the rows. */
export function reportJson(report: { grain: StatsBucket; fromMs: number; toMs: number }, data: readonly unknown[]) {
  const from = new Date(report.fromMs).toISOString();
  return { data, next: null, grain: report.grain, from, to: new Date(report.toMs).toISOString() };
}

/** Where the row stands: its bucket, where there are any, and its groups. */
export function placeJson({ startMs, groups }: { startMs: number | null; groups: object }): Record<string, unknown> {
  return { ...(startMs !== null && { start: new Date(startMs).toISOString() }), ...groups };
}

/** Whole milliseconds; null where nothing was measured. */
export function quantileJson(histogram: readonly number[], share: number): number | null {
  const ms = quantileMs(histogram, share);
  return ms === null ? null : Math.round(ms);
}
