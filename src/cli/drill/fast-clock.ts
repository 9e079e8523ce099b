/**
 * Time for the drill, faster than the wall's, so that a configured timeout of ten seconds is tried in half a second
 * and means exactly what it means in service. Client, gateway and providers of a drill share one process: when that
 * process is held up, this clock is held up with it, so that a busy machine does not look like a slow provider.
 */
import type { Clock } from "../../canonical/deps.ts";

export interface FastClock extends Clock {
  stop(): void;
}

/** Wall time between two looks at the time. */
const TICK_MS = 2;
/** A longer gap than this was a standstill of the process, and counts as this much. */
const MAX_STEP_MS = 8;

/** @param speed how many times faster than the wall clock it goes */
export function fastClock(speed: number): FastClock {
  const epochMs = Date.now();
  let elapsedMs = 0;
  let lastMs = performance.now();
  const advance = () => {
    const nowMs = performance.now();
    elapsedMs += Math.min(nowMs - lastMs, MAX_STEP_MS) * speed;
    lastMs = nowMs;
    return elapsedMs;
  };
  const ticking = setInterval(advance, TICK_MS);
  return {
    now: () => epochMs + advance(),
    monotonic: advance,
    after(ms, callback) {
      const due = advance() + ms;
      let timer: Timer;
      const wait = () => {
        const leftMs = due - advance();
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
