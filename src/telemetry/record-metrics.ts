import { FAILURES } from "../canonical/errors.ts";
import { type AttemptRecord, type CallRecord, fellBack, overheadMs, type RecordSink } from "../canonical/record.ts";
import { totalOutput, type Usage } from "../canonical/usage.ts";
import { boundedLabel } from "./label-values.ts";
import type { RecordFamilies } from "./metric-families.ts";
import { countedStatus } from "./outcome-status.ts";
import { OTHER } from "./tally.ts";

const REASONS = [...new Set(Object.values(FAILURES).map(({ reason }) => reason))];

/** Label value where a call got nowhere: refused before its model or target was known. */
const NONE = "none";

/** Feeds the families from closed calls. Takes about 2 µs a call. */
export function countRecords(families: RecordFamilies): RecordSink {
  const model = boundedLabel();
  const targetModel = boundedLabel();
  const target = boundedLabel();
  const team = boundedLabel();
  const tokens = tokenCells(families);
  const countAttempt = attemptCounter(families);

  return (record) => {
    const name = isUnknownModel(record) ? OTHER : model(record.model ?? NONE);
    const answering = record.answeredBy ?? record.attempts.at(-1);
    const provider = answering?.provider ?? NONE;
    const status = String(countedStatus(record.outcome));
    const failover = fellBack(record);
    families.requests(
      name,
      provider,
      answering ? targetModel(answering.model) : NONE,
      status,
      record.cache.status,
      failover ? "true" : "false",
    ).pending += 1;
    observeTimes(families, record, { model: name, provider });
    if (record.usage) countTokens(tokens, record.usage);
    if (record.costNanoUsd) {
      families.cost(name, provider, team(record.principal?.team ?? NONE)).pending += record.costNanoUsd;
    }
    countCache(families, record.cache.status);
    for (const attempt of record.attempts) countAttempt(attempt, targetModel(attempt.model));
    if (failover) countFailovers(families, record.attempts, name, target);
  };
}

/** A name that clients made up and no configuration knows. */
function isUnknownModel({ outcome, attempts }: CallRecord): boolean {
  return attempts.length === 0 && outcome?.ok === false && outcome.code === "model_not_found";
}

function observeTimes(families: RecordFamilies, record: CallRecord, labels: { model: string; provider: string }): void {
  const { totalMs = 0, firstContentMs, stream, usage } = record;
  families.duration.observe(labels, totalMs / 1_000);
  families.overhead.observe(labels, overheadMs(record) / 1_000);
  if (!stream || firstContentMs === undefined) return;
  families.firstToken.observe(labels, firstContentMs / 1_000);
  const written = usage && record.outcome?.ok ? totalOutput(usage) : 0;
  if (written > 1) families.interToken.observe(labels, Math.max(0, totalMs - firstContentMs) / 1_000 / (written - 1));
}

function tokenCells({ tokens }: RecordFamilies) {
  return {
    input: tokens("input"),
    cacheRead: tokens("cache_read"),
    cacheWrite: tokens("cache_write"),
    output: tokens("output"),
    reasoning: tokens("reasoning"),
  };
}

function countTokens(cells: ReturnType<typeof tokenCells>, usage: Usage): void {
  cells.input.pending += usage.input + (usage.audioInput ?? 0);
  cells.cacheRead.pending += usage.cacheRead;
  cells.cacheWrite.pending += usage.cacheWrite5m + usage.cacheWrite1h;
  cells.output.pending += usage.output + (usage.audioOutput ?? 0);
  cells.reasoning.pending += usage.reasoning;
}

function countCache({ cache }: RecordFamilies, status: CallRecord["cache"]["status"]): void {
  if (status === "off") return;
  const cell = status === "miss" ? cache(NONE, "miss") : cache(status, "hit");
  cell.pending += 1;
}

/**
 * Every class of error is shown from a target's first attempt on, as 0: Prometheus sees no increase in a series that
 * begins with its first errors, and where a breaker opens there are no further ones.
 */
function attemptCounter(families: RecordFamilies): (attempt: AttemptRecord, model: string) => void {
  const known = new Set<string>();
  return ({ provider, outcome, reason }, model) => {
    families.attempts(provider, model, outcome).pending += 1;
    const target = `${provider}/${model}`;
    if (!known.has(target)) {
      known.add(target);
      for (const each of REASONS) families.errors(provider, model, each);
    }
    if (outcome === "failed") families.errors(provider, model, reason ?? "server").pending += 1;
  };
}

/** One for each step from a failed target to the next different one. */
function countFailovers(
  families: RecordFamilies,
  attempts: readonly AttemptRecord[],
  model: string,
  target: (name: string) => string,
): void {
  for (const [index, next] of attempts.entries()) {
    const before = attempts[index - 1];
    if (before?.outcome !== "failed" || before.target === next.target) continue;
    families.failovers(model, target(before.target), target(next.target), before.reason ?? "server").pending += 1;
  }
}
