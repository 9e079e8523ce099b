/** GET /admin/stats/attempts: what each provider did, whatever the clients saw of it, and where calls went instead. */
import { quantileMs } from "../../store/histogram.ts";
import {
  ATTEMPT_GROUPS,
  type AttemptStatsQuery,
  type AttemptStatsRow,
  STATS_BUCKETS,
} from "../../store/stats-ports.ts";
import type { Exchange } from "../exchange.ts";
import { json } from "../respond.ts";
import { readChoice, readEvery, readQuery, readTime } from "./query.ts";

const DAY_MS = 86_400_000;

/** Without `from`: the last 24 hours. */
export async function showAttemptStats(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [
    "from",
    "to",
    "bucket",
    "every",
    "group_by",
    "model",
    "provider",
    "failover",
  ]);
  const nowMs = exchange.ports.clock.now();
  const toMs = readTime("to", query.to, nowMs) ?? nowMs;
  const groups = (query.group_by?.split(",") ?? []).map(
    (group) => readChoice("group_by", group.trim(), ATTEMPT_GROUPS)!,
  );
  const asked: AttemptStatsQuery = {
    fromMs: readTime("from", query.from, nowMs) ?? toMs - DAY_MS,
    toMs,
    groupBy: [...new Set(groups)],
  };
  const bucket = readChoice("bucket", query.bucket, STATS_BUCKETS);
  if (bucket !== undefined) asked.bucket = bucket;
  const every = readEvery(query.every, bucket);
  if (every !== undefined) asked.every = every;
  if (readChoice("failover", query.failover, ["true"])) asked.failover = true;
  if (query.model !== undefined) asked.model = query.model;
  if (query.provider !== undefined) asked.provider = query.provider;
  const report = await exchange.ports.admin.attempts(asked);
  return json(exchange, {
    data: report.rows.map(rowJson),
    next: null,
    grain: report.grain,
    from: new Date(report.fromMs).toISOString(),
    to: new Date(report.toMs).toISOString(),
  });
}

function rowJson(row: AttemptStatsRow): Record<string, unknown> {
  return {
    ...(row.startMs !== null && { start: new Date(row.startMs).toISOString() }),
    ...row.groups,
    ok: row.ok,
    failed: row.failed,
    refused: row.refused,
    cancelled: row.cancelled,
    skipped: row.skipped,
    first_token_p50_ms: rounded(quantileMs(row.firstTokens, 0.5)),
    first_token_p95_ms: rounded(quantileMs(row.firstTokens, 0.95)),
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
