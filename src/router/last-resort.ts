/** What may still be tried of a key that isn't free, and how gladly. */
import type { Channel } from "./health.ts";
import type { Rest } from "./rests.ts";

/** Ranks: waiting out a short rest comes first, then an open breaker, then what was refused before. */
const RANK_OPEN_BREAKER = 1e6;
const RANK_REFUSED_BEFORE = 1e12;

/**
 * Undefined: not even then. `quotaMs`: how long the key's quota stands in the way; everybody who waits for the end of
 * the same rest takes a place behind the one before, or all of them would meet the limit again at once.
 */
export function lastResortFor(
  rest: Rest | undefined,
  channel: Channel,
  quotaMs: number,
  now: number,
  longestWaitMs: number,
): { waitMs: number; rank: number } | undefined {
  if (!rest) {
    const { breaker } = channel;
    if (breaker.state(now) === "closed") return undefined;
    return { waitMs: 0, rank: RANK_OPEN_BREAKER + Math.max(0, breaker.opensUntil() - now) };
  }
  const waitMs = rest.untilMs - now;
  switch (rest.reason) {
    case "rate_limited": {
      const both = Math.max(waitMs, quotaMs);
      return both <= longestWaitMs ? { waitMs: both, rank: both } : undefined;
    }
    case "auth":
    case "model_not_found":
      return { waitMs: 0, rank: RANK_REFUSED_BEFORE + waitMs };
    case "quota_exhausted":
    case "drained":
      return undefined;
    default:
      return rest.reason satisfies never;
  }
}
