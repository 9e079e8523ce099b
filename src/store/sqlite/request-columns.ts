import type { ErrorSource } from "../../canonical/errors.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { RequestRow } from "../ports.ts";
import { packAttempts, splitTarget, unpackAttempts } from "./attempts.ts";
import type { requests } from "./schema/log.ts";

type Columns = typeof requests.$inferSelect;

/** Calls that may start in one millisecond and still have a place each. */
export const POSITIONS_PER_MS = 4_096;

/** Words that are in every row, in a byte or two. What has no code is written as it is. */
const CODES: Readonly<Record<string, string>> = {
  chat: "c",
  "openai-chat": "o",
  "anthropic-messages": "a",
  gemini: "g",
  "openai-responses": "r",
};
const WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CODES).map(([word, code]) => [code, word]),
);

/** The first place in the log of calls which started in this millisecond (see schema/log.ts). */
export function positionOf(startedAtMs: number): number {
  return Math.floor(startedAtMs) * POSITIONS_PER_MS;
}

export function toColumns(row: RequestRow): Omit<Columns, "position"> {
  const { usage } = row;
  return {
    id: row.id,
    operation: CODES[row.operation] ?? row.operation,
    dialect: CODES[row.dialect] ?? row.dialect,
    keyId: row.keyId,
    keyName: row.keyName,
    team: row.team,
    customer: row.customer,
    user: row.user,
    model: row.model,
    provider: row.provider,
    targetModel: row.target === null ? null : splitTarget(row.target).model,
    stream: row.stream,
    status: row.status,
    code: row.code,
    source: row.source,
    error: row.error,
    finish: row.finish,
    failover: row.failover,
    cache: row.cache,
    cacheScore: row.cacheScore,
    attempts: packAttempts(row.attempts, row),
    warnings: row.warnings.length === 0 ? null : JSON.stringify(row.warnings),
    inputTokens: usage?.input ?? null,
    cacheReadTokens: usage?.cacheRead ?? null,
    cacheWrite5mTokens: usage?.cacheWrite5m ?? null,
    cacheWrite1hTokens: usage?.cacheWrite1h ?? null,
    outputTokens: usage?.output ?? null,
    reasoningTokens: usage?.reasoning ?? null,
    usageExtra: usage ? rareBuckets(usage) : null,
    costNanoUsd: row.costNanoUsd,
    totalUs: microseconds(row.totalMs),
    firstContentUs: row.firstContentMs === null ? null : microseconds(row.firstContentMs),
    overheadUs: microseconds(row.overheadMs),
    queuedUs: microseconds(row.queuedMs),
    tags: jsonOrNull(row.tags),
    session: row.session,
    explanation: jsonOrNull(row.explanation),
  };
}

export function toRow(columns: Columns): RequestRow {
  const usage = usageOf(columns);
  const target = columns.targetModel === null ? null : `${columns.provider}/${columns.targetModel}`;
  return {
    id: columns.id,
    startedAtMs: Math.floor(columns.position / POSITIONS_PER_MS),
    operation: WORDS[columns.operation] ?? columns.operation,
    dialect: WORDS[columns.dialect] ?? columns.dialect,
    keyId: columns.keyId,
    keyName: columns.keyName,
    team: columns.team,
    customer: columns.customer,
    user: columns.user,
    model: columns.model,
    provider: columns.provider,
    target,
    stream: columns.stream,
    status: columns.status,
    code: columns.code,
    source: columns.source as ErrorSource | null,
    error: columns.error,
    finish: columns.finish,
    failover: columns.failover,
    cache: columns.cache as RequestRow["cache"],
    cacheScore: columns.cacheScore,
    attempts: unpackAttempts(columns.attempts, { target, usage, costNanoUsd: columns.costNanoUsd }),
    warnings: columns.warnings === null ? [] : JSON.parse(columns.warnings),
    usage,
    costNanoUsd: columns.costNanoUsd,
    totalMs: columns.totalUs / 1_000,
    firstContentMs: columns.firstContentUs === null ? null : columns.firstContentUs / 1_000,
    overheadMs: columns.overheadUs / 1_000,
    queuedMs: columns.queuedUs / 1_000,
    tags: columns.tags === null ? null : JSON.parse(columns.tags),
    session: columns.session,
    explanation: columns.explanation === null ? null : JSON.parse(columns.explanation),
  };
}

function usageOf(columns: Columns): Usage | null {
  if (columns.inputTokens === null) return null;
  return {
    input: columns.inputTokens,
    cacheRead: columns.cacheReadTokens ?? 0,
    cacheWrite5m: columns.cacheWrite5mTokens ?? 0,
    cacheWrite1h: columns.cacheWrite1hTokens ?? 0,
    output: columns.outputTokens ?? 0,
    reasoning: columns.reasoningTokens ?? 0,
    ...(columns.usageExtra !== null && JSON.parse(columns.usageExtra)),
  };
}

function rareBuckets({ audioInput, audioOutput, searches, estimated }: Usage): string | null {
  if (!audioInput && !audioOutput && !searches && !estimated) return null;
  return JSON.stringify({ audioInput, audioOutput, searches, estimated });
}

function microseconds(ms: number): number {
  return Math.round(ms * 1_000);
}

function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
