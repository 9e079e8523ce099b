/**
 * One rate-limit window of a key, as an estimate between two answers: what the upstream said was left, less what has
 * been sent since, plus what has come back meanwhile. It may go below zero: a call that waits in the queue holds its
 * place by taking before it is sent.
 */
import type { LimitWindow } from "../providers/limits.ts";

export interface Window {
  /** Milliseconds until `amount` may be sent, 0 for now. */
  waitMs(amount: number, now: number): number;
  /** Returns the sum taken so far, which `told` needs to know what an answer cannot have counted yet. */
  take(amount: number, now: number): number;
  giveBack(amount: number): void;
  /** `takenThen`: what `take` returned for the call whose answer this is; absent when it took nothing. */
  told(window: LimitWindow, takenThen: number | undefined, now: number): void;
  /** When a window that comes back all at once, and is used up, comes back (epoch milliseconds). */
  closedUntilMs(now: number): number | undefined;
  status(now: number): WindowStatus;
}

export interface WindowStatus {
  limit: number;
  /** Estimated; at least 0. */
  remaining: number;
  /** Epoch milliseconds; null when it is full or nobody said. */
  resetAtMs: number | null;
}

const MINUTE_MS = 60_000;
/** Lengths tried where a provider's isn't documented. */
const LIKELY_PERIODS_MS = [MINUTE_MS, 86_400_000];
/** Another length is believed when two answers this far apart imply the same. */
const IMPLIED_AGAIN_MS = 1_000;
/** How far a reset may be off what a token bucket of that period would give; some are told in whole seconds. */
const PERIOD_TOLERANCE = 0.15;
const PERIOD_TOLERANCE_MS = 1_000;
/** A fixed window that nobody gave a reset for. */
const ASSUMED_PERIOD_MS = MINUTE_MS;

export function createWindow(): Window {
  let limit = Number.POSITIVE_INFINITY;
  let level = Number.POSITIVE_INFINITY;
  let at = 0;
  let taken = 0;
  /** Comes back steadily (a token bucket) … */
  let perMs = 0;
  /** … or all at once (a fixed window). */
  let resetAt = Number.POSITIVE_INFINITY;
  let periodMs = ASSUMED_PERIOD_MS;
  let implied: { periodMs: number; at: number } | undefined;

  /** The length that this answer would imply of a token bucket, if it implied the same a while ago. */
  const impliedAgain = (used: number, resetInMs: number, now: number): number | undefined => {
    if (used < 1) return undefined;
    const candidate = (resetInMs * limit) / used;
    const earlier = implied;
    if (!earlier || now - earlier.at >= IMPLIED_AGAIN_MS) implied = { periodMs: candidate, at: now };
    const agrees =
      earlier !== undefined && Math.abs(candidate - earlier.periodMs) <= earlier.periodMs * PERIOD_TOLERANCE;
    return agrees && (now - earlier.at >= IMPLIED_AGAIN_MS || perMs > 0) ? candidate : undefined;
  };

  const advance = (now: number) => {
    if (perMs > 0) level = Math.min(limit, level + perMs * (now - at));
    else {
      while (now >= resetAt) {
        level = Math.min(limit, limit + Math.min(0, level));
        resetAt = level < limit ? resetAt + periodMs : Number.POSITIVE_INFINITY;
      }
    }
    at = now;
  };

  return {
    waitMs(amount, now) {
      advance(now);
      // What is larger than the whole limit has to wait until it is full; the upstream will judge it.
      const missing = Math.min(amount, limit) - level;
      if (missing <= 0) return 0;
      if (perMs > 0) return missing / perMs;
      const windows = Math.ceil(missing / limit) - 1;
      return Math.max(0, resetAt - now) + Math.max(0, windows) * periodMs;
    },
    take(amount, now) {
      advance(now);
      level -= amount;
      taken += amount;
      if (perMs === 0 && resetAt === Number.POSITIVE_INFINITY) resetAt = now + periodMs;
      return taken;
    },
    giveBack(amount) {
      level = Math.min(limit, level + amount);
      taken -= amount;
    },
    told({ limit: saidLimit, remaining, resetAtMs, windowMs }, takenThen, now) {
      if (remaining === undefined) return;
      limit = Math.max(saidLimit ?? (Number.isFinite(limit) ? limit : remaining), remaining, 1);
      level = remaining - (takenThen === undefined ? 0 : Math.max(0, taken - takenThen));
      at = now;
      periodMs = windowMs ?? periodMs;
      if (resetAtMs === undefined) {
        perMs = limit / periodMs;
        return;
      }
      const [used, resetInMs] = [limit - remaining, resetAtMs - now];
      const bucket = steadyPeriodMs(used, limit, resetInMs, windowMs) ?? impliedAgain(used, resetInMs, now);
      if (bucket !== undefined) periodMs = bucket;
      perMs = bucket === undefined ? 0 : limit / bucket;
      resetAt = bucket === undefined ? Math.max(now, resetAtMs) : Number.POSITIVE_INFINITY;
    },
    closedUntilMs(now) {
      advance(now);
      return perMs === 0 && level < 1 && Number.isFinite(resetAt) ? resetAt : undefined;
    },
    status(now) {
      advance(now);
      const missing = limit - level;
      const fullAt = perMs > 0 ? now + missing / perMs : resetAt;
      const known = missing > 0 && Number.isFinite(fullAt);
      return { limit, remaining: Math.max(0, Math.floor(level)), resetAtMs: known ? fullAt : null };
    },
  };
}

/**
 * OpenAI, Anthropic and Groq run token buckets: their reset is the time until all that was used has come back. Then
 * reset / period = used / limit. Where that doesn't hold, the window is one that comes back all at once.
 */
function steadyPeriodMs(used: number, limit: number, resetInMs: number, windowMs: number | undefined) {
  const periods = windowMs === undefined ? LIKELY_PERIODS_MS : [windowMs];
  return periods.find((period) => {
    const expected = (used / limit) * period;
    return Math.abs(expected - resetInMs) <= Math.max(PERIOD_TOLERANCE_MS, expected * PERIOD_TOLERANCE);
  });
}
