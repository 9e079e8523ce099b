/**
 * One timer per attempt for all its limits. `touch` costs a clock read: a busy stream re-arms nothing, the timer
 * looks at the last sign of life when it fires and goes on sleeping for the rest.
 */
import type { Clock } from "../canonical/deps.ts";

export type Limit = "first-token" | "response" | "idle" | "total";

export interface Watchdog {
  /** Starts a limit of `ms` from now, in place of the one before. */
  arm(limit: Limit, ms: number): void;
  touch(): void;
  stop(): void;
}

/** `expire` is called at most once, with the limit that was reached. `deadline` is in monotonic milliseconds. */
export function createWatchdog(clock: Clock, deadline: number, expire: (limit: Limit, ms: number) => void): Watchdog {
  let limit: Limit = "total";
  let limitMs = 0;
  let lastSign = 0;
  let cancel: (() => void) | undefined;

  const schedule = () => {
    const now = clock.monotonic();
    const atLimit = lastSign + limitMs;
    cancel = clock.after(Math.max(0, Math.min(atLimit, deadline) - now), check);
  };
  const check = () => {
    const now = clock.monotonic();
    cancel = undefined;
    if (now >= deadline) expire("total", 0);
    else if (now - lastSign >= limitMs) expire(limit, limitMs);
    else schedule();
  };
  return {
    arm(next, ms) {
      cancel?.();
      limit = next;
      limitMs = ms;
      lastSign = clock.monotonic();
      schedule();
    },
    touch() {
      lastSign = clock.monotonic();
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
