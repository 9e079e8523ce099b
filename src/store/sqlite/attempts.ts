/**
 * Attempts as the request log keeps them: JSON arrays instead of objects, and what an attempt shares with its row is
 * not written again. An ordinary call's single attempt is about 40 bytes.
 */
import { FAILURES, type FailureClass } from "../../canonical/errors.ts";
import type { AttemptRecord } from "../../canonical/record.ts";
import type { Usage } from "../../canonical/usage.ts";

const KINDS = ["first", "retry", "failover", "hedge", "continuation"] as const;
const OUTCOMES = ["pending", "ok", "failed", "cancelled"] as const;

/** What an attempt may share with its row. */
export interface Shared {
  target: string | null;
  usage: Usage | null;
  costNanoUsd: number | null;
}

type Packed = [
  /** 0: the row's target. */
  target: string | 0,
  key: string,
  kind: number,
  outcome: number,
  startMs: number,
  headMs: number | null,
  firstContentMs: number | null,
  totalMs: number | null,
  status: number | null,
  class_: FailureClass | null,
  error: string | null,
  /** 0: the row's usage. */
  usage: Usage | 0 | null,
  /** "" : no price is known, which is not the same as never billed. "=": the row's cost. */
  cost: number | "" | "=" | null,
];

export function packAttempts(attempts: readonly AttemptRecord[], shared: Shared): string | null {
  if (attempts.length === 0) return null;
  return JSON.stringify(attempts.map((attempt) => withoutTrailingNulls(pack(attempt, shared))));
}

export function unpackAttempts(json: string | null, shared: Shared): AttemptRecord[] {
  if (json === null) return [];
  return (JSON.parse(json) as Packed[]).map((packed) => unpack(packed, shared));
}

function pack(attempt: AttemptRecord, shared: Shared): Packed {
  const { usage, costNanoUsd } = attempt;
  return [
    attempt.target === shared.target ? 0 : attempt.target,
    attempt.key,
    KINDS.indexOf(attempt.kind),
    OUTCOMES.indexOf(attempt.outcome),
    tenths(attempt.startMs),
    tenths(attempt.headMs),
    tenths(attempt.firstContentMs),
    tenths(attempt.totalMs),
    attempt.status ?? null,
    attempt.class ?? null,
    attempt.error ?? null,
    usage === undefined ? null : Bun.deepEquals(usage, shared.usage) ? 0 : usage,
    packCost(costNanoUsd, shared),
  ];
}

function unpack(packed: Packed, shared: Shared): AttemptRecord {
  const [target, key, kind, outcome, startMs, headMs, firstContentMs, totalMs, status, class_, error, usage, cost] =
    packed;
  const name = target === 0 ? (shared.target ?? "") : target;
  const { provider, model } = splitTarget(name);
  return {
    target: name,
    provider,
    model,
    key,
    kind: KINDS[kind] ?? "first",
    startMs,
    ...(headMs != null && { headMs }),
    ...(firstContentMs != null && { firstContentMs }),
    ...(totalMs != null && { totalMs }),
    outcome: OUTCOMES[outcome] ?? "pending",
    ...(status != null && { status }),
    ...(class_ != null && { class: class_, reason: FAILURES[class_].reason }),
    ...(error != null && { error }),
    ...(usage != null && { usage: usage === 0 ? shared.usage! : usage }),
    ...(cost != null && { costNanoUsd: cost === "" ? null : cost === "=" ? shared.costNanoUsd : cost }),
  };
}

function packCost(costNanoUsd: number | null | undefined, shared: Shared): number | "" | "=" | null {
  if (costNanoUsd === undefined) return null;
  if (costNanoUsd === null) return "";
  return costNanoUsd > 0 && costNanoUsd === shared.costNanoUsd ? "=" : costNanoUsd;
}

/** A provider's name holds no slash; a model's may. */
export function splitTarget(target: string): { provider: string; model: string } {
  const slash = target.indexOf("/");
  return { provider: target.slice(0, slash), model: target.slice(slash + 1) };
}

function tenths(ms: number): number;
function tenths(ms: number | undefined): number | null;
function tenths(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 10) / 10;
}

function withoutTrailingNulls(values: readonly unknown[]): readonly unknown[] {
  return values.slice(0, values.findLastIndex((value) => value !== null) + 1);
}
