/** A row of the request log as the admin API shows it: snake_case, times RFC 3339 UTC, money decimal strings of USD. */
import { formatUsd } from "../../canonical/money.ts";
import type { AttemptRecord } from "../../canonical/record.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { RequestRow } from "../../store/ports.ts";

export function requestJson(row: RequestRow): Record<string, unknown> {
  return {
    id: row.id,
    started_at: new Date(row.startedAtMs).toISOString(),
    operation: row.operation,
    dialect: row.dialect,
    key_id: row.keyId,
    key: row.keyName,
    team: row.team,
    customer: row.customer,
    user: row.user,
    model: row.model,
    provider: row.provider,
    target: row.target,
    stream: row.stream,
    status: row.status,
    code: row.code,
    source: row.source,
    error: row.error,
    finish: row.finish,
    failover: row.failover,
    cache: row.cache,
    cache_score: row.cacheScore,
    attempts: row.attempts.map(attemptJson),
    warnings: row.warnings,
    usage: row.usage && usageJson(row.usage),
    cost_usd: costJson(row.costNanoUsd),
    total_ms: row.totalMs,
    first_content_ms: row.firstContentMs,
    overhead_ms: row.overheadMs,
    queued_ms: row.queuedMs,
    tags: row.tags,
    session: row.session,
  };
}

function attemptJson(attempt: AttemptRecord): Record<string, unknown> {
  return {
    target: attempt.target,
    provider: attempt.provider,
    model: attempt.model,
    key: attempt.key,
    kind: attempt.kind,
    start_ms: attempt.startMs,
    head_ms: attempt.headMs ?? null,
    first_content_ms: attempt.firstContentMs ?? null,
    total_ms: attempt.totalMs ?? null,
    outcome: attempt.outcome,
    status: attempt.status ?? null,
    class: attempt.class ?? null,
    reason: attempt.reason ?? null,
    error: attempt.error ?? null,
    usage: attempt.usage ? usageJson(attempt.usage) : null,
    cost_usd: costJson(attempt.costNanoUsd ?? null),
  };
}

function usageJson(usage: Usage): Record<string, unknown> {
  return {
    input: usage.input,
    cache_read: usage.cacheRead,
    cache_write_5m: usage.cacheWrite5m,
    cache_write_1h: usage.cacheWrite1h,
    output: usage.output,
    reasoning: usage.reasoning,
    audio_input: usage.audioInput ?? 0,
    audio_output: usage.audioOutput ?? 0,
    searches: usage.searches ?? 0,
    estimated: usage.estimated ?? false,
  };
}

/** Unknown stays null: a call without a price is not a free call. */
function costJson(nanoUsd: number | null): string | null {
  return nanoUsd === null ? null : formatUsd(nanoUsd);
}
