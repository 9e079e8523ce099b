/** Sums of the request log by the minute, hour and day: what charts are drawn from, whatever the log's length. */

export const STATS_GROUPS = ["model", "provider", "key", "team", "status", "failover", "cache"] as const;
export type StatsGroup = (typeof STATS_GROUPS)[number];

export const STATS_BUCKETS = ["minute", "hour", "day"] as const;
export type StatsBucket = (typeof STATS_BUCKETS)[number];

export interface StatsQuery {
  /** Epoch milliseconds; `fromMs` is taken back to the start of its minute, hour or day (UTC), `toMs` is exclusive. */
  fromMs: number;
  toMs: number;
  /** A row each; absent: one row for the whole time. */
  bucket?: StatsBucket;
  /** That many buckets in one row, such as ten minutes; absent: 1. */
  every?: number;
  groupBy: readonly StatsGroup[];
  model?: string;
  provider?: string;
  key?: string;
  team?: string;
}

export interface StatsRow {
  /** Start of the bucket, epoch milliseconds; null without buckets. */
  startMs: number | null;
  /** `status` is a class (`5xx`); null where a call has none. */
  groups: Partial<Record<StatsGroup, string | boolean | null>>;
  requests: number;
  /** Answered with 400 or more. */
  errors: number;
  /** Answered with 500 or more. */
  serverErrors: number;
  failovers: number;
  cacheHits: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** Of calls whose price is known. */
  costNanoUsd: number;
  overheadUs: number;
  /** Streams, in the buckets of histogram.ts. */
  firstTokens: number[];
  /** All calls. */
  durations: number[];
}

export interface StatsReport {
  /** What was read: minutes, hours or days. */
  grain: StatsBucket;
  /** Epoch milliseconds of what was read. */
  fromMs: number;
  toMs: number;
  rows: StatsRow[];
}

export const ATTEMPT_GROUPS = ["model", "provider", "target", "outcome", "to"] as const;
export type AttemptGroup = (typeof ATTEMPT_GROUPS)[number];

export interface AttemptStatsQuery
  extends Pick<StatsQuery, "fromMs" | "toMs" | "bucket" | "every" | "model" | "provider"> {
  groupBy: readonly AttemptGroup[];
  /** Only what another target was then asked for: failures and skips with a `to`. */
  failover?: true;
}

/** What became of upstream attempts: of each provider's own doing, whatever the clients saw of it. */
export interface AttemptStatsRow {
  /** Start of the bucket, epoch milliseconds; null without buckets. */
  startMs: number | null;
  /**
   * `outcome`: `ok`, `cancelled`, `skipped`, or the reason of the failure. `to`: the target that was tried next, where
   * that was another one; null elsewhere.
   */
  groups: Partial<Record<AttemptGroup, string | null>>;
  ok: number;
  /** The provider's failures, time-outs and limits included. */
  failed: number;
  /** What the provider refused because of the request: invalid, filtered, too long. */
  refused: number;
  cancelled: number;
  /** Calls whose preferred target was known to be unwell, and which went elsewhere at once: no attempts. */
  skipped: number;
  /** From an attempt's start to its first content, streams alone, in the buckets of histogram.ts. */
  firstTokens: number[];
}

export interface AttemptStatsReport extends Pick<StatsReport, "grain" | "fromMs" | "toMs"> {
  rows: AttemptStatsRow[];
}

export interface StatsPort {
  /** Like `read`, of attempts. */
  attempts(query: AttemptStatsQuery): Promise<AttemptStatsReport>;
  /** Rejects with GatewayError("invalid_request") for a time that is too long for its bucket, or too many rows. */
  read(query: StatsQuery): Promise<StatsReport>;
  /** Deletes what is older than its grain is kept; resolves to the number of rows. */
  deleteExpired(nowMs: number, limit: number): Promise<number>;
}
