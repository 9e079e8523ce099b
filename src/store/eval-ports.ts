/** How good answers were: scores of evals and what users said, in sums by who answered. */
import type { ExpiringPort, Page } from "./ports.ts";

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

export const QUALITY_GROUPS = ["model", "provider", "target", "failover", "minute", "hour", "day"] as const;
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
  /** A value a group; `minute`, `hour` and `day` as RFC 3339; null where the request is no longer in the log. */
  groups: Partial<Record<QualityGroup, string | boolean | null>>;
  count: number;
  sum: number;
  sumOfSquares: number;
  /** Scores that are the lowest or the highest possible: where all are, a share of them can be told. */
  extremes: number;
  /** Feedback below 0. */
  negative: number;
}

export interface ScoreFilter {
  eval?: string;
  requestId?: string;
  model?: string;
  target?: string;
  failover?: boolean;
  /** Scores up to this. */
  maxScore?: number;
}

export interface EvalsPort extends ExpiringPort {
  append(rows: readonly EvalScoreRow[]): Promise<void>;
  /** By eval and the groups, at most 10,000. */
  summary(query: QualityQuery): Promise<(QualitySums & { eval: string })[]>;
  /** Newest first. Rejects with GatewayError("invalid_request") for a cursor that is not one of ours. */
  list(filter: ScoreFilter, page: { limit: number; cursor?: string }): Promise<Page<EvalScoreRow>>;
}

export interface FeedbackFilter {
  cachedWrong?: boolean;
  /** Public model, of requests that are still in the log. */
  model?: string;
  /** Scores up to this. */
  maxScore?: number;
}

/** With who answered; null where the request is no longer in the log. */
export interface FeedbackEntry extends FeedbackRow {
  model: string | null;
  target: string | null;
  /** As of evals: another target than the preferred one answered. */
  failover: boolean | null;
  cache: string | null;
}

export interface FeedbackPort extends ExpiringPort {
  /** The last word on a request counts. */
  put(row: FeedbackRow): Promise<void>;
  /** Newest first. Rejects with GatewayError("invalid_request") for a cursor that is not one of ours. */
  list(filter: FeedbackFilter, page: { limit: number; cursor?: string }): Promise<Page<FeedbackEntry>>;
  /** By the groups; `eval` of the query is not looked at. */
  summary(query: QualityQuery): Promise<QualitySums[]>;
}
