/**
 * The spans of one call, made from its record: one for the request, a child for its policies, its cache look-up and
 * each attempt. Attributes follow OpenTelemetry's semantic conventions for generative AI (v1.38, 2026).
 */
import type { Random } from "../../canonical/deps.ts";
import type { AttemptRecord, CallRecord } from "../../canonical/record.ts";
import { totalInput, totalOutput, type Usage } from "../../canonical/usage.ts";
import { randomHex } from "./traceparent.ts";

/** Plain data: it travels to the worker. Times are epoch milliseconds, fractional. */
export interface SpanData {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: "server" | "client" | "internal";
  startMs: number;
  endMs: number;
  attributes: Record<string, string | number | boolean | string[]>;
  /** Absent when it ended well. */
  error?: string;
}

/** OpenTelemetry's names for provider types that differ from ours. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  "azure-openai": "azure.ai.openai",
  bedrock: "aws.bedrock",
  gemini: "gcp.gemini",
  vertex: "gcp.vertex_ai",
  mistral: "mistral_ai",
  xai: "x_ai",
};

export function spansOf(
  record: CallRecord,
  providerType: (provider: string) => string | undefined,
  random: Random,
): SpanData[] {
  const { trace } = record;
  if (!trace) return [];
  const child = (
    name: string,
    kind: SpanData["kind"],
    fromMs: number,
    toMs: number,
    attributes: SpanData["attributes"],
    error?: string,
  ): SpanData => ({
    traceId: trace.traceId,
    spanId: randomHex(8, random),
    parentSpanId: trace.spanId,
    name,
    kind,
    startMs: record.startedAtMs + fromMs,
    endMs: record.startedAtMs + Math.max(fromMs, toMs),
    attributes,
    ...(error !== undefined && { error }),
  });
  const { identifiedMs, admittedMs, cachedMs } = record.steps;
  const spans = [requestSpan(record, trace, providerType)];
  if (identifiedMs !== undefined && admittedMs !== undefined)
    spans.push(child("policies", "internal", identifiedMs, admittedMs, {}));
  if (admittedMs !== undefined && cachedMs !== undefined) {
    spans.push(
      child("cache lookup", "internal", admittedMs, cachedMs, { "evergate.cache.status": record.cache.status }),
    );
  }
  for (const attempt of record.attempts) {
    const end = attempt.startMs + (attempt.totalMs ?? 0);
    const failed = attempt.outcome === "failed" ? (attempt.reason ?? "error") : undefined;
    spans.push(
      child(`chat ${attempt.model}`, "client", attempt.startMs, end, attemptAttributes(attempt, providerType), failed),
    );
  }
  return spans;
}

function requestSpan(
  record: CallRecord,
  trace: NonNullable<CallRecord["trace"]>,
  providerType: (provider: string) => string | undefined,
): SpanData {
  const { outcome, answeredBy } = record;
  const status = outcome?.ok ? 200 : (outcome?.status ?? 500);
  return {
    traceId: trace.traceId,
    spanId: trace.spanId,
    parentSpanId: trace.parentSpanId,
    name: record.model === undefined ? record.operation : `${record.operation} ${record.model}`,
    kind: "server",
    startMs: record.startedAtMs,
    endMs: record.startedAtMs + (record.totalMs ?? 0),
    attributes: {
      "http.request.method": "POST",
      "http.route": record.path,
      "http.response.status_code": status,
      "gen_ai.operation.name": record.operation,
      ...(record.model !== undefined && { "gen_ai.request.model": record.model }),
      ...(answeredBy && {
        "gen_ai.response.model": answeredBy.model,
        "gen_ai.provider.name": providerName(answeredBy.provider, providerType),
      }),
      ...(record.finish !== undefined && { "gen_ai.response.finish_reasons": [record.finish] }),
      ...usageAttributes(record.usage),
      ...(record.firstContentMs !== undefined && {
        "gen_ai.server.time_to_first_token": record.firstContentMs / 1_000,
      }),
      ...(outcome && !outcome.ok && { "error.type": outcome.code }),
      "evergate.request_id": record.id,
      "evergate.dialect": record.dialect,
      "evergate.attempts": record.attempts.length,
      "evergate.failover": record.attempts.some(
        (attempt) => attempt.kind === "failover" || attempt.kind === "continuation",
      ),
      "evergate.cache.status": record.cache.status,
      ...(record.principal && { "evergate.key": record.principal.name }),
      ...(record.principal?.team !== undefined && { "evergate.team": record.principal.team }),
      ...(record.costNanoUsd !== null && { "evergate.cost_usd": record.costNanoUsd / 1e9 }),
    },
    ...(outcome && !outcome.ok && { error: outcome.code }),
  };
}

function attemptAttributes(
  attempt: AttemptRecord,
  providerType: (provider: string) => string | undefined,
): SpanData["attributes"] {
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": providerName(attempt.provider, providerType),
    "gen_ai.request.model": attempt.model,
    ...usageAttributes(attempt.usage),
    ...(attempt.status !== undefined && { "http.response.status_code": attempt.status }),
    ...(attempt.reason !== undefined && { "error.type": attempt.reason }),
    ...(attempt.firstContentMs !== undefined && {
      "gen_ai.server.time_to_first_token": attempt.firstContentMs / 1_000,
    }),
    "evergate.target": attempt.target,
    "evergate.provider_key": attempt.key,
    "evergate.attempt.kind": attempt.kind,
    "evergate.attempt.outcome": attempt.outcome,
    ...(attempt.costNanoUsd != null && { "evergate.cost_usd": attempt.costNanoUsd / 1e9 }),
  };
}

function usageAttributes(usage: Usage | undefined): SpanData["attributes"] {
  if (!usage) return {};
  return {
    "gen_ai.usage.input_tokens": totalInput(usage),
    "gen_ai.usage.output_tokens": totalOutput(usage),
    ...(usage.cacheRead > 0 && { "gen_ai.usage.cache_read.input_tokens": usage.cacheRead }),
    ...(usage.cacheWrite5m + usage.cacheWrite1h > 0 && {
      "gen_ai.usage.cache_creation.input_tokens": usage.cacheWrite5m + usage.cacheWrite1h,
    }),
  };
}

function providerName(provider: string, providerType: (provider: string) => string | undefined): string {
  const type = providerType(provider) ?? provider;
  return PROVIDER_NAMES[type] ?? type;
}
