/** What happens in the demo, and when. */
import type { Trouble } from "./upstreams.ts";
import { SWIFT_KEYS } from "./upstreams.ts";

export interface Act {
  name: string;
  lengthMs: number;
  callsPerSecond: number;
  /** What is wrong at swift; absent: nothing. */
  trouble?: Trouble;
}

const BUSY_PER_SECOND = 5;
const QUIET_PER_SECOND = 0.7;

const CUTS: Act = {
  name: "swift cuts its streams in mid-sentence: they go on elsewhere",
  lengthMs: 7_000,
  callsPerSecond: BUSY_PER_SECOND,
  trouble: { fault: { cut: { afterTokens: 9, how: "rst" } } },
};
const OUTAGE: Act = {
  name: "swift answers 503: its breaker opens, and calls go past it",
  lengthMs: 10_000,
  callsPerSecond: BUSY_PER_SECOND,
  trouble: { fault: { error: "unavailable" } },
};
const BACK: Act = {
  name: "swift is back: its breaker closes again",
  lengthMs: 10_000,
  callsPerSecond: BUSY_PER_SECOND,
};
const RATE_LIMIT: Act = {
  name: "two of swift's keys are at their rate limit, and rest",
  lengthMs: 8_000,
  callsPerSecond: BUSY_PER_SECOND,
  trouble: {
    fault: { error: "rate_limited", retryAfter: { form: "seconds", ms: 75_000 } },
    keys: [SWIFT_KEYS.beta, SWIFT_KEYS.gamma],
  },
};

/** Once, within a minute. */
export const OPENING: readonly Act[] = [
  { name: "all is well", lengthMs: 14_000, callsPerSecond: BUSY_PER_SECOND },
  CUTS,
  OUTAGE,
  BACK,
  RATE_LIMIT,
];

const QUIET: Act = { name: "light traffic", lengthMs: 150_000, callsPerSecond: QUIET_PER_SECOND };

/** From then on, again and again. */
export const ENCORES: readonly Act[] = [
  QUIET,
  // Busy: each of swift's keys has a breaker, and each has to see its failures.
  { ...OUTAGE, name: "a small outage: swift answers 503" },
  QUIET,
  { ...CUTS, name: "a small outage: swift cuts its streams", callsPerSecond: 2 },
  QUIET,
  {
    name: "swift is slow: calls that go by latency turn away from it",
    lengthMs: 15_000,
    callsPerSecond: 2,
    trouble: { fault: { firstTokenDelayMs: 1_500 } },
  },
];
