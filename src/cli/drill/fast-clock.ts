/**
 * Time for the drill, faster than the wall's, so that a configured timeout of ten seconds is tried in half a second
 * and means exactly what it means in service. Client, gateway and providers of a drill share one process: when that
 * process is held up, this clock is held up with it, so that a busy machine does not look like a slow provider.
 */
import type { Clock } from "../../canonical/deps.ts";

export interface FastClock extends Clock {
  stop(): void;
}

/** Wall time between two steps of the clock. */
const TICK_MS = 1;
/** A step counts as no more than this much of the wall's time: what is longer was work, not waiting. */
const MAX_STEP_MS = 2;

/**
 * Goes on by steps, one a turn of the event loop at most, so that it waits for a loop that is busy.
 * @param speed how many times faster than the wall clock it goes while there is nothing to do
 */
export function fastClock(speed: number): FastClock {
  const epochMs = Date.now();
  let elapsedMs = 0;
  let lastMs = performance.now();
  const ticking = setInterval(() => {
    const nowMs = performance.now();
    elapsedMs += Math.min(nowMs - lastMs, MAX_STEP_MS) * speed;
    lastMs = nowMs;
  }, TICK_MS);
  return {
    now: () => epochMs + elapsedMs,
    monotonic: () => elapsedMs,
    after(ms, callback) {
      const due = elapsedMs + ms;
      let timer: Timer;
      const wait = () => {
        const leftMs = due - elapsedMs;
        if (leftMs <= 0) callback();
        else timer = setTimeout(wait, Math.min(leftMs / speed, MAX_TIMER_MS));
      };
      timer = setTimeout(wait, Math.min(ms / speed, MAX_TIMER_MS));
      return () => clearTimeout(timer);
    },
    stop: () => clearInterval(ticking),
  };
}

/** What `setTimeout` can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;
