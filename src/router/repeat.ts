/** Whether a failed attempt is made again with the same key, and after how long (INTERFACE §2.4, "same key again"). */
import type { Random } from "../canonical/deps.ts";
import { FAILURES, type Failure } from "../canonical/errors.ts";
import { backoffMs } from "./backoff.ts";
import type { Progress, SelectionOptions } from "./selection.ts";

/** A server error is repeated once on the same target, whatever `perTarget` allows beyond. */
const MAX_SERVER_REPEATS = 1;

/**
 * @param room `otherTarget`: one is left that this call has not put aside. `otherKey`: another key of the provider could take the call, and the failure allows that. `quotaMs`: how
 * long the key's own pace stands in the way: those who met one limit together must not meet it again together.
 */
export function repeatAfter(
  failure: Failure,
  entry: Progress,
  room: { otherKey: boolean; otherTarget: boolean; quotaMs: number },
  { perTarget, waitForRetryAfterMs }: SelectionOptions,
  random: Random,
): { waitMs: number; freshConnection: boolean } | undefined {
  if (failure.staleSocket && !entry.staleSocketRepeated) {
    // The upstream had closed a kept-alive socket: nothing was received, so this is no retry of a failure.
    entry.staleSocketRepeated = true;
    return { waitMs: 0, freshConnection: true };
  }
  const rule = FAILURES[failure.class];
  // A whole answer that was cut may have taken long: where another target is left, that one is asked next.
  const again = failure.class === "truncated" && failure.whole === true && !room.otherTarget;
  const sameKey = again ? "after-backoff" : rule.sameKey;
  if (sameKey === "never") return undefined;
  const backsOff = sameKey === "after-backoff";
  const askedMs = backsOff
    ? Math.max(backoffMs(entry.repeats, random), failure.retryAfterMs ?? 0)
    : failure.retryAfterMs;
  if (askedMs === undefined || room.otherKey) return undefined;
  const waitMs = backsOff ? askedMs : Math.max(askedMs, room.quotaMs);
  const most = backsOff ? Math.min(MAX_SERVER_REPEATS, perTarget) : perTarget;
  if (waitMs > waitForRetryAfterMs || entry.repeats >= most) return undefined;
  entry.repeats += 1;
  return { waitMs, freshConnection: false };
}
