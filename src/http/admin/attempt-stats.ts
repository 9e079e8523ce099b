/** GET /admin/stats/attempts: what each provider did, whatever the clients saw of it, and where calls went instead. */
import { ATTEMPT_GROUPS, type AttemptStatsQuery, type AttemptStatsRow } from "../../store/stats-ports.ts";
import type { Exchange } from "../exchange.ts";
import { json } from "../respond.ts";
import { readChoice, readQuery } from "./query.ts";
import { placeJson, quantileJson, readSums, reportJson, SUMS_PARAMETERS } from "./stats-query.ts";

export async function showAttemptStats(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [...SUMS_PARAMETERS, "model", "provider", "failover"]);
  const asked: AttemptStatsQuery = readSums(query, ATTEMPT_GROUPS, exchange.ports.clock.now());
  if (readChoice("failover", query.failover, ["true"])) asked.failover = true;
  if (query.model !== undefined) asked.model = query.model;
  if (query.provider !== undefined) asked.provider = query.provider;
  const report = await exchange.ports.admin.attempts(asked);
  return json(exchange, reportJson(report, report.rows.map(rowJson)));
}

function rowJson(row: AttemptStatsRow): Record<string, unknown> {
  return {
    ...placeJson(row),
    ok: row.ok,
    failed: row.failed,
    refused: row.refused,
    cancelled: row.cancelled,
    skipped: row.skipped,
    first_token_p50_ms: quantileJson(row.firstTokens, 0.5),
    first_token_p95_ms: quantileJson(row.firstTokens, 0.95),
  };
}
