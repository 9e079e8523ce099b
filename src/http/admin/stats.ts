/** GET /admin/stats: what charts are drawn from, sums of the request log by the minute, hour or day. */
import { formatUsd } from "../../canonical/money.ts";
import { quantileMs } from "../../store/histogram.ts";
import {
  STATS_BUCKETS,
  STATS_GROUPS,
  type StatsGroup,
  type StatsQuery,
  type StatsRow,
} from "../../store/stats-ports.ts";
import type { Exchange } from "../exchange.ts";
import { teamOf } from "../guard.ts";
import { json } from "../respond.ts";
import { readChoice, readEvery, readQuery, readTime } from "./query.ts";

const DAY_MS = 86_400_000;

/** Without `from`: the last 24 hours. */
export async function showStats(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [
    "from",
    "to",
    "bucket",
    "every",
    "group_by",
    "model",
    "provider",
    "key",
    "team",
  ]);
  const nowMs = exchange.ports.clock.now();
  const toMs = readTime("to", query.to, nowMs) ?? nowMs;
  const fromMs = readTime("from", query.from, nowMs) ?? toMs - DAY_MS;
  const confined = teamOf(exchange);
  const asked: StatsQuery = { fromMs, toMs, groupBy: readGroups(query.group_by) };
  const bucket = readChoice("bucket", query.bucket, STATS_BUCKETS);
  if (bucket !== undefined) asked.bucket = bucket;
  const every = readEvery(query.every, bucket);
  if (every !== undefined) asked.every = every;
  for (const name of ["model", "provider", "key", "team"] as const) {
    const value = query[name];
    if (value !== undefined) asked[name] = value;
  }
  const elsewhere = confined !== undefined && asked.team !== undefined && asked.team !== confined;
  if (confined !== undefined) asked.team = confined;
  const report = await exchange.ports.admin.stats(asked);
  return json(exchange, {
    data: elsewhere ? [] : report.rows.map((row) => statsJson(row)),
    next: null,
    grain: report.grain,
    from: new Date(report.fromMs).toISOString(),
    to: new Date(report.toMs).toISOString(),
  });
}

function readGroups(text: string | undefined): StatsGroup[] {
  const groups = (text?.split(",") ?? []).map((group) => readChoice("group_by", group.trim(), STATS_GROUPS)!);
  return [...new Set(groups)];
}

function statsJson(row: StatsRow): Record<string, unknown> {
  return {
    ...(row.startMs !== null && { start: new Date(row.startMs).toISOString() }),
    ...row.groups,
    requests: row.requests,
    errors: row.errors,
    server_errors: row.serverErrors,
    failovers: row.failovers,
    cache_hits: row.cacheHits,
    input_tokens: row.inputTokens,
    cache_read_tokens: row.cacheReadTokens,
    cache_write_tokens: row.cacheWriteTokens,
    output_tokens: row.outputTokens,
    reasoning_tokens: row.reasoningTokens,
    cost_usd: formatUsd(row.costNanoUsd),
    overhead_ms: tenths(row.overheadUs / 1_000 / row.requests),
    first_token_p50_ms: rounded(quantileMs(row.firstTokens, 0.5)),
    first_token_p95_ms: rounded(quantileMs(row.firstTokens, 0.95)),
    total_p50_ms: rounded(quantileMs(row.durations, 0.5)),
    total_p95_ms: rounded(quantileMs(row.durations, 0.95)),
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
