/** The real world, for a running process. Tests pass their own. */
import type { Clock, Deps, Log } from "../canonical/deps.ts";

export const realClock: Clock = {
  // `performance.timeOrigin` is a getter that costs microseconds (Bun 1.4.5, profiled), and does not follow the wall clock.
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** What `setTimeout` can hold; longer ones would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function realDeps(log: Log): Deps {
  return { clock: realClock, fetch: (url, init) => fetch(url, init), random: Math.random, log };
}
