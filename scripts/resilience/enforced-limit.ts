/** A provider's own rate limit on one key, enforced and told of as providers do. */

/**
 * `bucket`: a token bucket of a minute's worth that others have nearly emptied, with its state in headers (OpenAI,
 * Anthropic, Groq). `window`: all of it anew with each minute, with its state in headers. `silent`: a bucket of one
 * second's worth that says nothing but 429 (Gemini, Bedrock).
 */
export type LimitForm = "bucket" | "window" | "silent";

export interface Enforced {
  request(now: number): { allowed: boolean; headers: Record<string, string>; retryAfterMs: number };
  refused(): number;
  /** What it would have allowed from its first request until then. */
  allowance(now: number): number;
}

const MINUTE_MS = 60_000;
const BURST_SECONDS = { bucket: 60, window: 60, silent: 1 };
/** What is there at the start. */
const FILLED = { bucket: 0.05, window: 1, silent: 1 };

export function enforce(perMinute: number, form: LimitForm): Enforced {
  const capacity = Math.max(1, (perMinute * BURST_SECONDS[form]) / 60);
  const perMs = perMinute / MINUTE_MS;
  const initial = capacity * FILLED[form];
  let level = initial;
  let at = 0;
  let since = 0;
  let refused = 0;

  const refill = (now: number) => {
    if (since === 0) since = now;
    if (form === "window") {
      if (Math.floor(now / MINUTE_MS) > Math.floor(at / MINUTE_MS)) level = perMinute;
    } else if (at > 0) level = Math.min(capacity, level + perMs * (now - at));
    at = now;
  };
  const resetMs = (now: number) => (form === "window" ? MINUTE_MS - (now % MINUTE_MS) : (capacity - level) / perMs);

  return {
    request(now) {
      refill(now);
      const allowed = level >= 1;
      if (allowed) level -= 1;
      else refused += 1;
      const retryAfterMs = form === "window" ? resetMs(now) : Math.max(0, (1 - level) / perMs);
      const headers: Record<string, string> = {};
      if (form === "silent") return { allowed, headers, retryAfterMs };
      if (!allowed) headers["retry-after-ms"] = String(Math.ceil(retryAfterMs));
      headers["x-ratelimit-limit-requests"] = String(perMinute);
      headers["x-ratelimit-remaining-requests"] = String(Math.floor(level));
      headers["x-ratelimit-reset-requests"] = `${(resetMs(now) / 1000).toFixed(3)}s`;
      return { allowed, headers, retryAfterMs };
    },
    refused: () => refused,
    allowance(now) {
      // A window that has begun counts by the time it has lasted.
      return (form === "window" ? 0 : initial) + perMs * (now - since);
    },
  };
}
