import type { Clock } from "../../src/canonical/deps.ts";

/** A clock that stands still until a test moves it. */
export interface SimulatedClock extends Clock {
  /**
   * Moves time on by `ms`, firing every timer that falls due, in order of time and then of creation. After each one
   * the work it set free is given the chance to run, so that a timer started by it is seen within the same advance.
   */
  advance(ms: number): Promise<void>;
  /** Timers not yet fired nor cancelled: 0 at the end of a test means that nothing was leaked. */
  pending(): number;
}

interface Timer {
  dueMs: number;
  callback: () => void;
}

/** An ordinary moment: a Monday noon, far from the turn of any budget window. */
const START_MS = Date.UTC(2026, 0, 12, 12, 0, 0);

/** @param startMs milliseconds since the epoch at which the clock stands. */
export function simulatedClock(startMs = START_MS): SimulatedClock {
  const timers = new Set<Timer>();
  let elapsedMs = 0;
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    pending: () => timers.size,
    after(ms, callback) {
      const timer = { dueMs: elapsedMs + Math.max(0, ms), callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const endMs = elapsedMs + ms;
      await settle();
      for (let timer = soonest(timers, endMs); timer; timer = soonest(timers, endMs)) {
        timers.delete(timer);
        elapsedMs = timer.dueMs;
        timer.callback();
        await settle();
      }
      elapsedMs = endMs;
    },
  };
}

/**
 * Lets waiting promises run until they wait for something else. Microtasks alone would miss what goes through a web
 * stream or a resolved I/O promise, which Bun completes on later turns of the event loop.
 */
async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

function soonest(timers: Set<Timer>, endMs: number): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (timer.dueMs <= endMs && (!first || timer.dueMs < first.dueMs)) first = timer;
  }
  return first;
}
