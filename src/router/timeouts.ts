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
/** The one real call through a half-open breaker gets this long to show content … */
const PROBE_FIRST_TOKEN_MS = 2_000;
/** … or, without a stream, this long for its whole answer. */
const PROBE_RESPONSE_MS = 10_000;

export interface AttemptLimits {
  /** To first content (streams) or to the whole answer. */
  firstMs: number;
  idleMs: number;
}

export function limitsFor(choice: Choice, stream: boolean, global: TimeoutOptions, reasoning: boolean): AttemptLimits {
  const { candidate, hasAlternative, probe } = choice;
  const set: Partial<Timeouts> = { ...global, ...candidate.provider.timeouts, ...candidate.route.timeouts };
  const totalMs = set.totalMs ?? global.totalMs;
  const patient = reasoning || !hasAlternative;
  let firstMs = stream
    ? (set.firstTokenMs ?? (patient ? FIRST_TOKEN_PATIENT_MS : FIRST_TOKEN_WITH_FALLBACK_MS))
    : (set.responseMs ?? (hasAlternative ? RESPONSE_WITH_FALLBACK_MS : totalMs));
  if (probe && hasAlternative) firstMs = Math.min(firstMs, stream ? PROBE_FIRST_TOKEN_MS : PROBE_RESPONSE_MS);
  return { firstMs, idleMs: set.idleMs ?? global.idleMs };
}

/** The call's one deadline spans all its attempts. A client may shorten it, never lengthen it. */
export function totalFor(wishMs: number | undefined, routeMs: number | undefined, globalMs: number): number {
  const limit = routeMs ?? globalMs;
  return wishMs === undefined ? limit : Math.min(wishMs, limit);
}
