/** GET /admin/stats: what charts are drawn from, sums of the request log by the minute, hour or day. */
import { formatUsd } from "../../canonical/money.ts";
import { STATS_GROUPS, type StatsQuery, type StatsRow } from "../../store/stats-ports.ts";
import type { Exchange } from "../exchange.ts";
import { teamOf } from "../guard.ts";
import { json } from "../respond.ts";
import { readQuery } from "./query.ts";
import { placeJson, quantileJson, readSums, reportJson, SUMS_PARAMETERS } from "./stats-query.ts";

const FILTERS = ["model", "provider", "key", "team"] as const;

export async function showStats(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [...SUMS_PARAMETERS, ...FILTERS]);
  const asked: StatsQuery = readSums(query, STATS_GROUPS, exchange.ports.clock.now());
  const confined = teamOf(exchange);
  for (const name of FILTERS) {
    const value = query[name];
    if (value !== undefined) asked[name] = value;
  }
  const elsewhere = confined !== undefined && asked.team !== undefined && asked.team !== confined;
  if (confined !== undefined) asked.team = confined;
  const report = await exchange.ports.admin.stats(asked);
  return json(exchange, reportJson(report, elsewhere ? [] : report.rows.map(statsJson)));
}

function statsJson(row: StatsRow): Record<string, unknown> {
  return {
    ...placeJson(row),
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
    first_token_p50_ms: quantileJson(row.firstTokens, 0.5),
    first_token_p95_ms: quantileJson(row.firstTokens, 0.95),
    total_p50_ms: quantileJson(row.durations, 0.5),
    total_p95_ms: quantileJson(row.durations, 0.95),
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
