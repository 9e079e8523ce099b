import { type CallRecord, fellBack, overheadMs } from "../canonical/record.ts";
import type { RequestRow } from "../store/ports.ts";
import { countedStatus } from "./outcome-status.ts";

/** Clients choose names, users, sessions and tags: what is kept of them is bounded. */
const NAME_MAX_CHARS = 200;
const ERROR_MAX_CHARS = 1_000;
const TAGS_MAX = 20;

/** One closed call as a row of the request log. */
export function requestRow(record: CallRecord): RequestRow {
  const { principal, answeredBy, outcome, cache } = record;
  const error = outcome && !outcome.ok ? outcome : undefined;
  const failover = fellBack(record);
  const last = answeredBy ?? record.attempts.at(-1);
  return {
    id: record.id,
    startedAtMs: record.startedAtMs,
    operation: record.operation,
    dialect: record.dialect,
    keyId: principal?.id ?? null,
    keyName: principal?.name ?? null,
    team: principal?.team ?? null,
    customer: principal?.customer ?? null,
    user: bounded(record.user),
    model: bounded(record.model),
    provider: last?.provider ?? null,
    target: last?.target ?? null,
    stream: record.stream ?? false,
    status: countedStatus(outcome),
    code: error?.code ?? null,
    source: error?.source ?? null,
    error: bounded(error?.message, ERROR_MAX_CHARS),
    finish: record.finish ?? null,
    failover,
    cache: cache.status,
    cacheScore: cache.score ?? null,
    attempts: record.attempts,
    warnings: record.warnings,
    usage: record.usage ?? null,
    costNanoUsd: record.costNanoUsd,
    totalMs: record.totalMs ?? 0,
    firstContentMs: record.firstContentMs ?? null,
    overheadMs: overheadMs(record),
    queuedMs: record.queuedMs,
    tags: record.tags ? boundedTags(record.tags) : null,
    session: bounded(record.session),
    explanation: (record.explain || failover || error) && record.decisions ? record.decisions : null,
  };
}

function bounded(text: string | undefined, maxChars = NAME_MAX_CHARS): string | null {
  if (text === undefined) return null;
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}

function boundedTags(tags: Readonly<Record<string, string>>): Record<string, string> | null {
  const entries = Object.entries(tags).slice(0, TAGS_MAX);
  if (entries.length === 0) return null;
  return Object.fromEntries(entries.map(([name, value]) => [bounded(name), bounded(value)]));
}
