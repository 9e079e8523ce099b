/** The spellings of "wait so long" and "until then" that providers use. Nonsense is `undefined`, never NaN or negative. */

/** A bare number below this is a distance in seconds, above it a moment. */
const EPOCH_FROM_SECONDS = 30 * 86_400;
/** A bare number from here on is a moment in milliseconds (as seconds it would be the year 5138). */
const EPOCH_MS_FROM = 100_000_000_000;

/**
 * The wait that an answer asks for outright, in order of authority: `Retry-After` (RFC 9110: seconds or a date),
 * `retry-after-ms`, `x-ratelimit-reset`, then the body (Gemini, OpenRouter).
 */
export function retryAfterOf(headers: Headers, body: string | undefined, nowMs: number): number | undefined {
  return (
    parse(headers.get("retry-after"), (text) => secondsOrDateMs(text, nowMs)) ??
    parse(headers.get("retry-after-ms"), numberOf) ??
    parse(headers.get("x-ratelimit-reset"), (text) => distance(resetAtMs(text, nowMs), nowMs)) ??
    (body ? bodyRetryAfter(body, nowMs) : undefined)
  );
}

/** A reset in any form (Go duration, RFC 3339, seconds, epoch seconds or milliseconds) as epoch milliseconds. */
export function resetAtMs(text: string, nowMs: number): number | undefined {
  const number = numberOf(text);
  if (number !== undefined) {
    if (number < EPOCH_FROM_SECONDS) return nowMs + number * 1000;
    return number < EPOCH_MS_FROM ? number * 1000 : number;
  }
  const duration = durationMs(text);
  if (duration !== undefined) return nowMs + duration;
  const moment = /^\d{4}-\d\d-\d\dT/.test(text.trim()) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001,
};

/** Go's durations: `6m0s`, `1h2m3.5s`, `12ms`. */
function durationMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g))
    total += Number(amount) * UNIT_MS[unit!]!;
  return total;
}

function secondsOrDateMs(text: string, nowMs: number): number | undefined {
  const seconds = numberOf(text);
  if (seconds !== undefined) return seconds * 1000;
  // RFC 9110 dates begin with the day's name; Date.parse alone would take `-5` for a year.
  return /^[A-Za-z]/.test(text.trim()) ? distance(Date.parse(text), nowMs) : durationMs(text);
}

interface ErrorBody {
  error?: {
    details?: unknown;
    metadata?: { headers?: Record<string, unknown> };
  };
}

/** Gemini: `RetryInfo` among the details. OpenRouter: the headers it had from the server behind it. */
function bodyRetryAfter(body: string, nowMs: number): number | undefined {
  // Most error bodies name neither; no need to parse them once more.
  if (!/retryDelay|X-RateLimit-Reset/i.test(body)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { error } = ((Array.isArray(json) ? json[0] : json) ?? {}) as ErrorBody;
  const details = Array.isArray(error?.details) ? error.details : [];
  for (const detail of details as { retryDelay?: unknown }[]) {
    const delay = typeof detail?.retryDelay === "string" ? durationMs(detail.retryDelay) : undefined;
    if (delay !== undefined) return delay;
  }
  for (const [name, value] of Object.entries(error?.metadata?.headers ?? {}))
    if (name.toLowerCase() === "x-ratelimit-reset") return distance(resetAtMs(String(value), nowMs), nowMs);
  return undefined;
}

function numberOf(text: string): number | undefined {
  return /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function parse(text: string | null, read: (text: string) => number | undefined): number | undefined {
  return text === null ? undefined : read(text);
}

/** Milliseconds from now until a moment; 0 for one that has passed. */
function distance(momentMs: number | undefined, nowMs: number): number | undefined {
  if (momentMs === undefined || Number.isNaN(momentMs)) return undefined;
  return Math.max(0, momentMs - nowMs);
}
