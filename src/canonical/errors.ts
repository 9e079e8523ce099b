/**
 * Everything that can go wrong has an owner: the client, the gateway or an upstream. Two tables say it all:
 * `ERRORS` maps what a client is told to its HTTP status and owner, `FAILURES` maps what an upstream did to what the
 * router does next. No other file decides either.
 */
export type ErrorSource = "client" | "gateway" | "upstream";

/** What clients are told: code -> HTTP status and who caused it. */
export const ERRORS = {
  invalid_request: { status: 400, source: "client" },
  context_length_exceeded: { status: 400, source: "client" },
  content_filter: { status: 400, source: "client" },
  invalid_api_key: { status: 401, source: "client" },
  budget_exceeded: { status: 402, source: "gateway" },
  key_expired: { status: 403, source: "client" },
  key_disabled: { status: 403, source: "client" },
  model_not_allowed: { status: 403, source: "client" },
  ip_not_allowed: { status: 403, source: "client" },
  permission_denied: { status: 403, source: "client" },
  model_not_found: { status: 404, source: "client" },
  not_found: { status: 404, source: "client" },
  method_not_allowed: { status: 405, source: "client" },
  conflict: { status: 409, source: "client" },
  precondition_failed: { status: 412, source: "client" },
  request_too_large: { status: 413, source: "client" },
  unsupported_media_type: { status: 415, source: "client" },
  rate_limited: { status: 429, source: "gateway" },
  client_closed: { status: 499, source: "client" },
  internal: { status: 500, source: "gateway" },
  upstream_error: { status: 502, source: "upstream" },
  upstream_auth: { status: 502, source: "upstream" },
  no_target: { status: 503, source: "gateway" },
  shutting_down: { status: 503, source: "gateway" },
  overloaded: { status: 503, source: "gateway" },
  upstream_timeout: { status: 504, source: "upstream" },
  not_cached: { status: 504, source: "gateway" },
} as const satisfies Record<string, { status: number; source: ErrorSource }>;

export type ErrorCode = keyof typeof ERRORS;

export interface GatewayErrorOptions {
  /** Only for the log; never sent. */
  cause?: unknown;
  /** The request field at fault, as the client wrote it: `messages[0].role`. */
  param?: string;
  /** Sent as `retry-after` (whole seconds, rounded up). */
  retryAfterMs?: number;
  /** Differs from the table where an upstream's own status is passed on (INTERFACE §2.4, "other 4xx"). */
  status?: number;
  source?: ErrorSource;
  /** What the upstream called it (`error.type` / `error.code` of its body), for the log. */
  upstreamCode?: string;
}

/** The one error class below `http/`. `message` is public: no secret, no stack, no internal path. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly source: ErrorSource;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: GatewayErrorOptions = {}) {
    super(publicMessage, { cause: options.cause });
    this.name = "GatewayError";
    this.code = code;
    this.status = options.status ?? ERRORS[code].status;
    this.source = options.source ?? ERRORS[code].source;
    this.param = options.param;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Anything thrown becomes a GatewayError; what is unknown becomes `internal` and tells the client nothing. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError("internal", "The gateway failed to handle this request.", { cause: thrown });
}

/** The public name of a failure: in `x-evergate-failover`, in metrics and in the log (INTERFACE §4.1). */
export type FailureReason =
  | "rate_limited"
  | "auth"
  | "server"
  | "timeout"
  | "connection"
  | "invalid"
  | "content_filter"
  | "context_length"
  | "truncated";

export interface FailureRule {
  /** Same key again: never, once after a jittered pause, or only after the upstream's own Retry-After. */
  sameKey: "never" | "after-backoff" | "after-retry-after";
  /** Another key of the same provider. */
  otherKey: boolean;
  /** Which of the remaining targets may be tried. */
  nextTarget: "any" | "larger-context" | "supporting" | "if-allowed" | "none";
  /** What is put aside for later calls: the key, or the target. */
  rests: "key-until-reset" | "key-until-quota" | "key-until-proven" | "target" | "nothing";
  /** Whether it speaks against the health of the target (breaker, latency). */
  countsAgainstHealth: boolean;
  /** What the client is told when nothing is left to try. */
  code: ErrorCode;
  reason: FailureReason;
}

/** INTERFACE §2.4 as data: what the router does after each class of upstream failure. */
export const FAILURES = {
  rate_limited: {
    sameKey: "after-retry-after",
    otherKey: true,
    nextTarget: "any",
    rests: "key-until-reset",
    countsAgainstHealth: false,
    code: "rate_limited",
    reason: "rate_limited",
  },
  quota_exhausted: {
    sameKey: "never",
    otherKey: true,
    nextTarget: "any",
    rests: "key-until-quota",
    countsAgainstHealth: false,
    code: "rate_limited",
    reason: "rate_limited",
  },
  auth: {
    sameKey: "never",
    otherKey: true,
    nextTarget: "any",
    rests: "key-until-proven",
    countsAgainstHealth: false,
    code: "upstream_auth",
    reason: "auth",
  },
  server: {
    sameKey: "after-backoff",
    otherKey: false,
    nextTarget: "any",
    rests: "nothing",
    countsAgainstHealth: true,
    code: "upstream_error",
    reason: "server",
  },
  overloaded: {
    sameKey: "after-backoff",
    otherKey: false,
    nextTarget: "any",
    rests: "nothing",
    countsAgainstHealth: true,
    code: "overloaded",
    reason: "server",
  },
  malformed: {
    sameKey: "after-backoff",
    otherKey: false,
    nextTarget: "any",
    rests: "nothing",
    countsAgainstHealth: true,
    code: "upstream_error",
    reason: "server",
  },
  connection: {
    sameKey: "after-backoff",
    otherKey: false,
    nextTarget: "any",
    rests: "nothing",
    countsAgainstHealth: true,
    code: "upstream_error",
    reason: "connection",
  },
  timeout: {
    sameKey: "never",
    otherKey: false,
    nextTarget: "any",
    rests: "nothing",
    countsAgainstHealth: true,
    code: "upstream_timeout",
    reason: "timeout",
  },
  truncated: {
    sameKey: "never",
    otherKey: false,
    nextTarget: "any",
    rests: "nothing",
    countsAgainstHealth: true,
    code: "upstream_error",
    reason: "truncated",
  },
  context_length: {
    sameKey: "never",
    otherKey: false,
    nextTarget: "larger-context",
    rests: "nothing",
    countsAgainstHealth: false,
    code: "context_length_exceeded",
    reason: "context_length",
  },
  content_filter: {
    sameKey: "never",
    otherKey: false,
    nextTarget: "if-allowed",
    rests: "nothing",
    countsAgainstHealth: false,
    code: "content_filter",
    reason: "content_filter",
  },
  model_not_found: {
    sameKey: "never",
    otherKey: false,
    nextTarget: "any",
    rests: "target",
    countsAgainstHealth: false,
    code: "model_not_found",
    reason: "invalid",
  },
  unsupported: {
    sameKey: "never",
    otherKey: false,
    nextTarget: "supporting",
    rests: "nothing",
    countsAgainstHealth: false,
    code: "invalid_request",
    reason: "invalid",
  },
  invalid: {
    sameKey: "never",
    otherKey: false,
    nextTarget: "none",
    rests: "nothing",
    countsAgainstHealth: false,
    code: "invalid_request",
    reason: "invalid",
  },
} as const satisfies Record<string, FailureRule>;

export type FailureClass = keyof typeof FAILURES;

/** What one upstream attempt failed with. A value, not an exception: the router decides what it means. */
export interface Failure {
  class: FailureClass;
  /** The upstream's HTTP status; absent when no response head arrived. */
  status?: number;
  /** The upstream's own words, for the client of the classes that pass them on. Never shown for `auth`. */
  message: string;
  /** `error.code` or `error.type` of the upstream's body. */
  upstreamCode?: string;
  /** The request field the upstream blames. */
  param?: string;
  /** How long the upstream asked us to wait. */
  retryAfterMs?: number;
  /** Absolute end of an exhausted quota, where the upstream says so. */
  resetAtMs?: number;
  /** The answer was no stream: nothing of it has been shown, so it may be asked for again like one that was reset. */
  whole?: boolean;
  /** What was not found may be the operation's path rather than the model: the target serves other calls. */
  pathMissing?: boolean;
  /** True when nothing at all was received on a kept-alive socket: one immediate retry on a fresh connection is right. */
  staleSocket?: boolean;
}
