/** Response headers of INTERFACE §3: views of the call's record. */
import { formatUsd } from "../canonical/money.ts";
import { type CallRecord, failoversOf, type RateLimitState } from "../canonical/record.ts";

export type ResponseHeaders = Record<string, string>;

/** What every answer carries; the three names of the request id are what the SDKs of OpenAI and Anthropic look for. */
export function baseHeaders(requestId: string, contentType: string): ResponseHeaders {
  return {
    "content-type": contentType,
    "x-content-type-options": "nosniff",
    "x-evergate-request-id": requestId,
    "x-request-id": requestId,
    "request-id": requestId,
  };
}

/** Adds what the record knows. `nowMs` is the clock's monotonic time; costs are known only once a reply is whole. */
export function addRecordHeaders(headers: ResponseHeaders, record: CallRecord, nowMs: number, whole: boolean): void {
  const { answeredBy, attempts, cache, warnings } = record;
  if (answeredBy) {
    headers["x-evergate-provider"] = answeredBy.provider;
    headers["x-evergate-model"] = headerSafe(answeredBy.target);
  }
  headers["x-evergate-attempts"] = String(attempts.length);
  if (attempts.length > 1 || (attempts.length === 1 && !answeredBy)) {
    const failovers = failoversOf(record);
    if (failovers.length > 0) headers["x-evergate-failover"] = headerSafe(failovers.join(","));
  }
  headers["x-evergate-cache"] =
    cache.status === "semantic" ? `semantic;score=${(cache.score ?? 0).toFixed(3)}` : cache.status;
  if (cache.ageSeconds !== undefined) headers["age"] = String(cache.ageSeconds);
  if (whole && record.costNanoUsd !== null) headers["x-evergate-cost-usd"] = formatUsd(record.costNanoUsd);
  headers["x-evergate-overhead-ms"] = Math.max(0, nowMs - record.startedAt - record.waitedMs - record.queuedMs).toFixed(
    2,
  );
  const { rateLimits } = record;
  if (rateLimits?.requests) addRateLimit(headers, "requests", rateLimits.requests);
  if (rateLimits?.tokens) addRateLimit(headers, "tokens", rateLimits.tokens);
  if (warnings.length > 0) headers["x-evergate-warnings"] = headerSafe(warnings.join(", "));
}

/** In OpenAI's form, for clients of every dialect. */
function addRateLimit(headers: ResponseHeaders, sort: "requests" | "tokens", state: RateLimitState): void {
  headers[`x-ratelimit-limit-${sort}`] = String(state.limit);
  headers[`x-ratelimit-remaining-${sort}`] = String(state.remaining);
  headers[`x-ratelimit-reset-${sort}`] = goDuration(state.resetMs);
}

/** `12ms`, `1s`, `6m0s`, `1h0m0.5s`: how Go prints a duration, rounded up to milliseconds. */
export function goDuration(ms: number): string {
  const whole = Math.ceil(ms);
  if (whole === 0) return "0s";
  if (whole < 1_000) return `${whole}ms`;
  const seconds = (whole % 60_000) / 1_000;
  const minutes = Math.floor(whole / 60_000);
  if (minutes === 0) return `${seconds}s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}s` : `${hours}h${minutes % 60}m${seconds}s`;
}

const MAX_HEADER_LENGTH = 2_048;
const HEADER_TEXT = /^[\x20-\x7e]*$/;

/** Header values are visible ASCII (RFC 9110 §5.5): anything else is percent-encoded, and a long value is cut. */
function headerSafe(text: string): string {
  const cut = text.length > MAX_HEADER_LENGTH ? `${text.slice(0, MAX_HEADER_LENGTH - 1).trimEnd()}~` : text;
  if (HEADER_TEXT.test(cut)) return cut;
  return cut.toWellFormed().replace(/[^\x20-\x7e]+/g, encodeURIComponent);
}
