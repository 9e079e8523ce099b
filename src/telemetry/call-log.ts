import type { Log, LogLevel } from "../canonical/deps.ts";
import type { ErrorCode, ErrorSource } from "../canonical/errors.ts";
import { type AttemptRecord, type CallRecord, failedOver, type RecordSink } from "../canonical/record.ts";

/** One line for every call that failed or had to move to another target; none for a call that simply went well. */
export function createCallLog(log: Log): RecordSink {
  return (record) => {
    const { outcome } = record;
    if (!outcome) return;
    if (outcome.ok) {
      if (failedOver(record)) log("warn", "call failed over", fieldsOf(record));
      return;
    }
    log(levelOf(outcome), "call failed", {
      ...fieldsOf(record),
      status: outcome.status,
      code: outcome.code,
      source: outcome.source,
      error: outcome.message,
    });
  };
}

/** A client's own mistake is not the operator's to mend, and one that hangs up is ordinary. */
function levelOf({ code, source }: { code: ErrorCode; source: ErrorSource }): LogLevel {
  if (code === "client_closed") return "debug";
  return source === "client" ? "info" : "warn";
}

function fieldsOf(record: CallRecord): Record<string, unknown> {
  return {
    request: record.id,
    model: record.model,
    key: record.principal?.name,
    answeredBy: record.answeredBy?.target,
    attempts: record.attempts.map(summary),
    totalMs: Math.round(record.totalMs ?? 0),
  };
}

/** `openai/gpt-4o (key-1) server 503 after 120 ms: Service Unavailable`, `claude/sonnet (key-1) ok after 900 ms`. */
function summary(attempt: AttemptRecord): string {
  const { target, key, outcome, reason, status, totalMs, error } = attempt;
  const what = outcome === "failed" ? (reason ?? "failed") : outcome;
  const after = totalMs === undefined ? "" : ` after ${Math.round(totalMs)} ms`;
  return `${target} (${key}) ${what}${status && outcome === "failed" ? ` ${status}` : ""}${after}${error ? `: ${error}` : ""}`;
}
