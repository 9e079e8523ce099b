/**
 * The one record of a call (DESIGN idea 6). Everything an operator sees (log row, metrics, spans, explain, alerts) is a
 * view of it, made by sinks after the call's end. It is filled in as the call moves along and closed exactly once.
 */
import type { Operation } from "./call.ts";
import type { Clock } from "./deps.ts";
import type { ErrorCode, ErrorSource, FailureClass, FailureReason } from "./errors.ts";
import type { Usage } from "./usage.ts";

export interface AttemptRecord {
  /** `provider/model`. */
  target: string;
  provider: string;
  /** Model name sent upstream. */
  model: string;
  /** Name of the provider key, never its secret. */
  key: string;
  kind: "first" | "retry" | "failover" | "hedge" | "continuation";
  /** Milliseconds from the call's start to the attempt's. */
  startMs: number;
  /** Milliseconds to the upstream's response head, to its first content, to its end; absent when never reached. */
  headMs?: number;
  firstContentMs?: number;
  totalMs?: number;
  outcome: "pending" | "ok" | "failed" | "cancelled";
  status?: number;
  class?: FailureClass;
  reason?: FailureReason;
  /** Upstream's words, bounded and without secrets. */
  error?: string;
  usage?: Usage;
  /** Integer nano-USD; null when no price is known. */
  costNanoUsd?: number | null;
}

/** W3C trace context: ids in lower-case hexadecimal, 32 and 16 digits. */
export interface TraceContext {
  traceId: string;
  /** The span of this call; upstream it is the parent. */
  spanId: string;
  parentSpanId?: string;
  sampled: boolean;
}

/** How a call ended for the client. */
export type Outcome =
  | { ok: true }
  | { ok: false; code: ErrorCode; status: number; source: ErrorSource; message: string };

export interface CacheDecision {
  status: "off" | "miss" | "exact" | "semantic";
  /** Cosine of a semantic hit. */
  score?: number;
  /** Seconds since the entry was stored. */
  ageSeconds?: number;
  /** Why a lookup did not serve, for explain. */
  reason?: string;
}

/**
 * Why the router did what it did; kept when asked for and for every failed or failed-over call. Taken again from its
 * inputs it comes out the same.
 */
export interface Decision {
  strategy: string;
  /** What was left to chance came from this number (unsigned 32-bit) alone. */
  seed: number;
  /** Milliseconds from the call's start. */
  atMs?: number;
  /** What the order of the targets was made from: for the call's own model, then for each fallback model. */
  inputs?: readonly DecisionInputs[];
  /** Every target and key in the order of the decision, and why it was passed over. */
  candidates: {
    target: string;
    key?: string;
    weight?: number;
    /** Calls under way with this key. */
    inFlight?: number;
    skipped?: string;
  }[];
  /** Absent when nothing could be tried. */
  chosen?: { target: string; key: string; kind: AttemptRecord["kind"]; waitMs: number };
}

export interface DecisionInputs {
  strategy: string;
  /** `provider/model`, as written in the route. */
  names: readonly string[];
  weights: readonly number[];
  /** Loads, busyness or costs in the order of `names`; null where a price isn't known. Absent where nobody asked. */
  scores?: (number | null)[];
  /** Whose turn it was, under weighted and round-robin. */
  turn?: number;
  /** The conversation's number, where prompt or session affinity held. */
  affinity?: number;
}

/** Of the tightest limit that holds for the caller, after this call was counted. */
export interface RateLimitState {
  limit: number;
  remaining: number;
  /** Until everything taken has been refilled. */
  resetMs: number;
}

export interface CallRecord {
  readonly id: string;
  readonly operation: Operation;
  readonly dialect: string;
  readonly path: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  /** Monotonic milliseconds: the base of every duration here. */
  readonly startedAt: number;
  principal?: { id: string; name: string; kind: "key" | "anonymous" | "internal"; team?: string; customer?: string };
  user?: string;
  session?: string;
  tags?: Readonly<Record<string, string>>;
  /** Where traces are on. */
  trace?: TraceContext;
  /** When the call got past each step, in milliseconds from its start; absent when it never did. */
  steps: { identifiedMs?: number; admittedMs?: number; cachedMs?: number };
  /** Public model name as asked for. */
  model?: string;
  stream?: boolean;
  attempts: AttemptRecord[];
  /** Target that owns the client's answer. */
  answeredBy?: { target: string; provider: string; model: string };
  /** The request whose answer was given again: what has no name of its own keeps the one that it had there. */
  repeats?: string;
  cache: CacheDecision;
  /** Fields of the client's dialect that the answering target could not honour. */
  warnings: string[];
  decisions?: Decision[];
  explain: boolean;
  /** Time spent waiting: for upstreams and pauses between attempts. What is left of the total is the gateway's own. */
  waitedMs: number;
  queuedMs: number;
  firstContentMs?: number;
  totalMs?: number;
  /** Sum over attempts. */
  usage?: Usage;
  /** null: at least one attempt has no known price. */
  costNanoUsd: number | null;
  /** Why the answer ended, in the gateway's one word for it: `stop`, `length`, `tool-calls`, `content-filter`, … */
  finish?: string;
  /** Where limits hold for the caller: the client reads them as `x-ratelimit-*`. */
  rateLimits?: { requests?: RateLimitState; tokens?: RateLimitState };
  outcome?: Outcome;
  /** Ends the record; later calls do nothing. */
  close(outcome: Outcome): void;
}

/** A view of closed records: log, metrics, traces … Must not throw and must not wait. */
export type RecordSink = (record: CallRecord) => void;

export type RecordInit = Pick<CallRecord, "id" | "operation" | "dialect" | "path">;

/** Opens the record of a call that just arrived. */
export function openRecord(init: RecordInit, clock: Clock, sinks: readonly RecordSink[]): CallRecord {
  const record: CallRecord = {
    id: init.id,
    operation: init.operation,
    dialect: init.dialect,
    path: init.path,
    startedAtMs: clock.now(),
    startedAt: clock.monotonic(),
    attempts: [],
    steps: {},
    cache: { status: "off" },
    warnings: [],
    explain: false,
    waitedMs: 0,
    queuedMs: 0,
    costNanoUsd: 0,
    close(outcome) {
      if (record.outcome) return;
      record.outcome = outcome;
      record.totalMs = clock.monotonic() - record.startedAt;
      for (const sink of sinks) sink(record);
    },
  };
  return record;
}

/**
 * The gateway's own share of a call, in milliseconds: the time to the first content (to the end where none came) less
 * what was waited until then for upstreams, pauses between attempts and a place in the queue. What a stream's pieces
 * take after the first is the upstream's and the client's time.
 */
export function overheadMs(record: CallRecord): number {
  const untilMs = record.firstContentMs ?? record.totalMs ?? 0;
  return Math.max(0, untilMs - record.waitedMs - record.queuedMs);
}

/** Whether a target failed and another one was then tried. */
export function failedOver(record: CallRecord): boolean {
  const failed = record.attempts.find((attempt) => attempt.outcome === "failed");
  return (
    failed !== undefined &&
    record.attempts.some(({ target, startMs }) => target !== failed.target && startMs >= failed.startMs)
  );
}

/**
 * Whether another target than the preferred one was sent the call, because that one failed or because it was known to
 * be unwell: once a breaker is open, an outage shows no failed attempts.
 */
export function fellBack(record: CallRecord): boolean {
  const { attempts, answeredBy, outcome } = record;
  // A call that nobody was sent has fallen back to nobody.
  if (attempts.length === 0) return false;
  // A target failed and the way on was refused by a budget: the operator has to see that too.
  if (!answeredBy && outcome?.ok === false && outcome.code === "budget_exceeded") return true;
  const first = record.decisions?.[0];
  const preferred = first?.candidates[0]?.target;
  return failedOver(record) || (first?.chosen !== undefined && preferred !== first.chosen.target);
}

/** Targets that failed before the one that answered, as `target=reason`, in order and without repeats. */
export function failoversOf(record: CallRecord): string[] {
  const failed = new Set<string>();
  for (const attempt of record.attempts) {
    if (attempt.outcome === "failed" && attempt.target !== record.answeredBy?.target)
      failed.add(`${attempt.target}=${attempt.reason}`);
  }
  return [...failed];
}
