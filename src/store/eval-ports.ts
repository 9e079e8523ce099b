/** How good answers were: scores of evals and what users said, in sums by who answered. */
import type { ExpiringPort } from "./ports.ts";

export interface EvalScoreRow {
  atMs: number;
  /** Name of the eval. */
  eval: string;
  requestId: string;
  /** Public model. */
  model: string;
  provider: string;
  /** `provider/model` that answered. */
  target: string;
  failover: boolean;
  /** 0 to 1. */
  score: number;
  /** In a few words, where the eval gives one. */
  reason: string | null;
  /** What judging cost, integer nano-USD; null: nothing, or no price is known. */
  costNanoUsd: number | null;
}

export interface FeedbackRow {
  requestId: string;
  atMs: number;
  keyId: string | null;
  /** -1 to 1. */
  score: number;
  comment: string | null;
  cachedWrong: boolean;
}

export const QUALITY_GROUPS = ["model", "provider", "target", "failover", "hour", "day"] as const;
export type QualityGroup = (typeof QUALITY_GROUPS)[number];

export interface QualityQuery {
  groupBy: readonly QualityGroup[];
  /** Epoch milliseconds, inclusive / exclusive. */
  fromMs?: number;
  toMs?: number;
  eval?: string;
  model?: string;
}

export interface QualitySums {
  /** A value a group; `hour` and `day` as RFC 3339; null where the request is no longer in the log. */
  groups: Partial<Record<QualityGroup, string | boolean | null>>;
  count: number;
  sum: number;
  sumOfSquares: number;
  /** Scores that are the lowest or the highest possible: where all are, a share of them can be told. */
  extremes: number;
  /** Feedback below 0. */
  negative: number;
}

export interface EvalsPort extends ExpiringPort {
  append(rows: readonly EvalScoreRow[]): Promise<void>;
  /** By eval and the groups, at most `QUALITY_MAX_ROWS`. */
  summary(query: QualityQuery): Promise<(QualitySums & { eval: string })[]>;
  ofRequest(requestId: string): Promise<EvalScoreRow[]>;
}

export interface FeedbackPort extends ExpiringPort {
  /** The last word on a request counts. */
  put(row: FeedbackRow): Promise<void>;
  ofRequest(requestId: string): Promise<FeedbackRow | null>;
  /** By the groups; `eval` of the query is not looked at. */
  summary(query: QualityQuery): Promise<QualitySums[]>;
}
