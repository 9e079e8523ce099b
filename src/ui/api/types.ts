/** Answers of the admin API that more than one page reads, as docs/admin-api.md and /openapi.json describe them. */

export interface List<Row> {
  data: Row[];
  /** Pass it as `cursor` for what follows; null: that was all. */
  next: string | null;
}

export interface StatsRow {
  /** With `bucket`. */
  start?: string;
  model?: string | null;
  provider?: string | null;
  key?: string | null;
  team?: string | null;
  /** `2xx` … `5xx`. */
  status?: string;
  requests: number;
  errors: number;
  server_errors: number;
  failovers: number;
  cache_hits: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: string;
  overhead_ms: number;
  first_token_p50_ms: number | null;
  first_token_p95_ms: number | null;
  total_p50_ms: number | null;
  total_p95_ms: number | null;
}

export interface Stats<Row = StatsRow> extends List<Row> {
  grain: "minute" | "hour" | "day";
  from: string;
  to: string;
}

export interface AttemptStatsRow {
  start?: string;
  provider?: string;
  target?: string;
  /** `ok`, `cancelled`, `skipped` or the reason of the failure. */
  outcome?: string;
  /** The target tried next, where that was another one. */
  to?: string | null;
  ok: number;
  failed: number;
  refused: number;
  cancelled: number;
  skipped: number;
  first_token_p50_ms: number | null;
  first_token_p95_ms: number | null;
}

export interface Target {
  /** `provider/model`. */
  target: string;
  provider: string;
  model: string;
  key: string;
  state: "closed" | "half-open" | "open";
  reason: string | null;
  resting_until: string | null;
  in_flight: number;
  consecutive_failures: number;
  latency_ms: number | null;
}

export interface Budget {
  id: string;
  scope: "gateway" | "customer" | "team" | "key" | "user";
  name: string;
  /** Of an end user's: the level that declares it. */
  of: { scope: "customer" | "team" | "key"; name: string } | null;
  window: string;
  rolling: boolean;
  model: string | null;
  provider: string | null;
  limit_usd: string;
  spent_usd: string;
  reserved_usd: string;
  uncertain_usd: string;
  /** When it refused the last call that asked it; null where it let that one through. */
  refused_at: string | null;
  resets_at: string | null;
}

export interface Usage {
  input: number;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  output: number;
  reasoning: number;
  audio_input: number;
  audio_output: number;
  searches: number;
  estimated: boolean;
}

export interface Attempt {
  target: string;
  provider: string;
  model: string;
  key: string;
  kind: "first" | "retry" | "failover" | "hedge" | "continuation";
  /** From the call's start; the others from the attempt's own. */
  start_ms: number;
  head_ms: number | null;
  first_content_ms: number | null;
  total_ms: number | null;
  outcome: "pending" | "ok" | "failed" | "cancelled";
  status: number | null;
  class: string | null;
  reason: string | null;
  error: string | null;
  usage: Usage | null;
  cost_usd: string | null;
}

export interface RequestRow {
  id: string;
  started_at: string;
  operation: string;
  dialect: string;
  key_id: string | null;
  key: string | null;
  team: string | null;
  customer: string | null;
  user: string | null;
  model: string | null;
  provider: string | null;
  target: string | null;
  stream: boolean;
  status: number;
  code: string | null;
  /** Whose fault an error was: `client`, `gateway` or `upstream`. */
  source: string | null;
  error: string | null;
  finish: string | null;
  failover: boolean;
  cache: "off" | "miss" | "exact" | "semantic";
  cache_score: number | null;
  attempts: Attempt[];
  warnings: string[];
  usage: Usage | null;
  cost_usd: string | null;
  total_ms: number;
  first_content_ms: number | null;
  overhead_ms: number;
  queued_ms: number;
  tags: Record<string, string> | null;
  session: string | null;
}

export interface Decision {
  strategy: string;
  at_ms?: number;
  candidates: { target: string; key?: string; weight?: number; in_flight?: number; skipped?: string }[];
  chosen?: { target: string; key: string; kind: Attempt["kind"]; wait_ms: number };
}

/** GET /admin/requests/{id} */
export interface RequestDetail extends RequestRow {
  explanation: Decision[] | null;
  content: { request: string; answer: string } | null;
}

export interface EvalRow {
  eval: string;
  failover?: boolean | null;
  count: number;
  mean: number;
  ci_low: number;
  ci_high: number;
}

/** GET /admin/feedback */
export interface FeedbackEntry {
  at: string;
  request_id: string;
  /** -1 to 1. */
  score: number;
  comment: string | null;
  cached_wrong: boolean;
  /** Null, as what follows: the request is no longer in the log. */
  model: string | null;
  target: string | null;
  failover: boolean | null;
  cache: string | null;
}
