/** Which limits hold for one attempt: the call's own wish, then the model's, the provider's and the global setting. */
import type { Timeouts } from "../providers/provider.ts";
import type { Choice } from "./selection.ts";

/** `firstTokenMs` and `responseMs` are absent unless the operator set them: their defaults depend on the attempt. */
export type TimeoutOptions = Pick<Timeouts, "connectMs" | "idleMs" | "totalMs"> & Partial<Timeouts>;

/** First content of a stream, where another target could take over (INTERFACE §2, FIELD-NOTES §2). */
const FIRST_TOKEN_WITH_FALLBACK_MS = 10_000;
/** First content where nothing could, and of reasoning models, which think before they speak. */
const FIRST_TOKEN_PATIENT_MS = 120_000;
/** A whole answer, where another target could take over. */
const RESPONSE_WITH_FALLBACK_MS = 120_000;
/**
 * The one real call through a half-open breaker gets this long to show content (INTERFACE §2.4), or as long as 95 of
 * 100 answers of this target have taken, if that is longer: a limit that its healthy answers don't keep would never
 * let it back, and a client waits no longer for a probe than it would for an ordinary answer.
 */
const PROBE_MS = 2_000;
/** … or this long where nothing is known of the target: a whole answer takes longer than its first token … */
const PROBE_UNKNOWN_WHOLE_MS = 10_000;
/** … and a model that thinks before it speaks longer still. */
const PROBE_UNKNOWN_REASONING_MS = 30_000;
const PROBE_SHARE = 0.95;

export interface AttemptLimits {
  connectMs: number;
  /** To first content (streams) or to the whole answer. */
  firstMs: number;
  idleMs: number;
  /** Of this attempt; the call's own deadline comes on top. */
  totalMs: number;
}

export interface LimitContext {
  timeouts: TimeoutOptions;
  isReasoningModel(model: string): boolean;
}

export function limitsFor(
  choice: Choice,
  stream: boolean,
  { timeouts: global, isReasoningModel }: LimitContext,
): AttemptLimits {
  const { candidate, hasAlternative, probe } = choice;
  const set: Partial<Timeouts> = { ...global, ...candidate.provider.timeouts, ...candidate.route.timeouts };
  const totalMs = set.totalMs ?? global.totalMs;
  const reasoning = isReasoningModel(candidate.target.model);
  const patient = reasoning || !hasAlternative;
  let firstMs = stream
    ? (set.firstTokenMs ?? (patient ? FIRST_TOKEN_PATIENT_MS : FIRST_TOKEN_WITH_FALLBACK_MS))
    : (set.responseMs ?? (hasAlternative ? RESPONSE_WITH_FALLBACK_MS : totalMs));
  if (probe && hasAlternative) firstMs = Math.min(firstMs, probeMs(choice, stream, reasoning));
  return { connectMs: set.connectMs ?? global.connectMs, firstMs, idleMs: set.idleMs ?? global.idleMs, totalMs };
}

function probeMs({ channel }: Choice, stream: boolean, reasoning: boolean): number {
  const usual = channel.target.latency.quantileMs(PROBE_SHARE, stream);
  if (usual !== undefined) return Math.max(PROBE_MS, usual);
  if (reasoning) return PROBE_UNKNOWN_REASONING_MS;
  return stream ? PROBE_MS : PROBE_UNKNOWN_WHOLE_MS;
}

/** The call's one deadline spans all its attempts. A client may shorten it, never lengthen it. */
export function totalFor(wishMs: number | undefined, routeMs: number | undefined, globalMs: number): number {
  const limit = routeMs ?? globalMs;
  return wishMs === undefined ? limit : Math.min(wishMs, limit);
}
