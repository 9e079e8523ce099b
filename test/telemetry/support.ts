import type { AttemptRecord, CallRecord, Outcome } from "../../src/canonical/record.ts";
import { openRecord } from "../../src/canonical/record.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

export const OK: Outcome = { ok: true };
export const UPSTREAM_DOWN = {
  ok: false,
  code: "upstream_error",
  status: 502,
  source: "upstream",
  message: "Every target failed.",
} as const satisfies Outcome;

/** A call that took 900 ms, closed with `over.outcome` or well. */
export function closedRecord(over: Partial<CallRecord> = {}): CallRecord {
  const clock = simulatedClock();
  const init = { id: "req_1", operation: "chat", dialect: "openai-chat", path: "/v1/chat/completions" } as const;
  const record = openRecord(init, clock, []);
  const usage = { input: 100, cacheRead: 20, cacheWrite5m: 5, cacheWrite1h: 5, output: 41, reasoning: 10 };
  Object.assign(record, {
    principal: { id: "key_1", name: "ci", kind: "key", team: "search" },
    model: "fast",
    stream: true,
    attempts: [attempt({})],
    answeredBy: { target: "openai/gpt-4o", provider: "openai", model: "gpt-4o" },
    firstContentMs: 400,
    waitedMs: 399,
    usage,
    costNanoUsd: 1_500_000,
    finish: "stop",
    ...over,
  });
  record.outcome = over.outcome ?? OK;
  record.totalMs = over.totalMs ?? 900;
  return record;
}

export function attempt(over: Partial<AttemptRecord>): AttemptRecord {
  const [provider, model] = (over.target ?? "openai/gpt-4o").split("/") as [string, string];
  return {
    target: `${provider}/${model}`,
    provider,
    model,
    key: "key-1",
    kind: "first",
    startMs: 1,
    outcome: "ok",
    ...over,
  };
}

/** The first target answered 503, a second one took over. */
export function failedOverRecord(over: Partial<CallRecord> = {}): CallRecord {
  return closedRecord({
    attempts: [
      attempt({ outcome: "failed", class: "overloaded", reason: "server", status: 503, totalMs: 120.4, error: "Busy" }),
      attempt({ target: "claude/sonnet", kind: "failover", startMs: 130, totalMs: 770 }),
    ],
    answeredBy: { target: "claude/sonnet", provider: "claude", model: "sonnet" },
    ...over,
  });
}
