/**
 * A circuit breaker for one (provider, key, model). Closed lets everything through, open nothing, half-open one real
 * call at a time. Only failures that speak against the target's health are reported to it (FAILURES table): never
 * a client's hang-up, a 400 or a rate limit.
 */
import type { Random } from "../canonical/deps.ts";

export interface BreakerOptions {
  /** This many failures in a row open it. */
  consecutiveFailures: number;
  /** So does this share of failures (percent) over `windowMs`, from `WINDOW_MIN_CALLS` calls on. */
  failurePercent: number;
  windowMs: number;
  /** First open time; each reopening multiplies it by `OPEN_GROWTH`. */
  openMs: number;
  /** Cap of the open time once an outage has lasted `EARLY_OUTAGE_MS`. */
  maxOpenMs: number;
}

const WINDOW_MIN_CALLS = 10;
const OPEN_GROWTH = 1.5;
/** Open times stay short at first, so that a target which recovers within minutes is back within half a minute. */
const EARLY_OUTAGE_MS = 300_000;
const EARLY_MAX_OPEN_MS = 25_000;
/** Open times vary by this share, so that many nodes do not probe at once. */
const JITTER = 0.1;
const WINDOW_BUCKETS = 10;

export type BreakerState = "closed" | "half-open" | "open";

export interface Breaker {
  state(now: number): BreakerState;
  /** When an open breaker turns half-open; 0 when it is not open. */
  opensUntil(): number;
  /** Half-open with its one place free. */
  mayProbe(now: number): boolean;
  /** Claims the single half-open place; true when the caller is the probe and must report or release it. */
  claimProbe(now: number): boolean;
  /** Gives the probe's place back without a verdict (the client hung up). */
  releaseProbe(): void;
  succeeded(now: number): void;
  /** `wasProbe`: this call held the half-open place. Late failures of calls from before the opening prove nothing. */
  failed(now: number, reason: string, wasProbe: boolean): void;
  consecutiveFailures(): number;
  /** Why it opened last. */
  reason(): string | undefined;
}

export function createBreaker(
  options: BreakerOptions,
  random: Random,
  onChange: (state: BreakerState, reason: string) => void,
): Breaker {
  let consecutive = 0;
  let openUntil = 0;
  let openCount = 0;
  let outageSince = 0;
  let isOpen = false;
  let probing = false;
  let lastReason: string | undefined;
  const window = createWindow(options.windowMs);

  const open = (now: number, reason: string) => {
    if (outageSince === 0) outageSince = now;
    const cap =
      now - outageSince < EARLY_OUTAGE_MS ? Math.min(EARLY_MAX_OPEN_MS, options.maxOpenMs) : options.maxOpenMs;
    const grown = Math.min(cap, options.openMs * OPEN_GROWTH ** openCount);
    openUntil = now + Math.min(cap, grown * (1 + JITTER * (2 * random() - 1)));
    openCount += 1;
    isOpen = true;
    probing = false;
    lastReason = reason;
    onChange("open", reason);
  };

  return {
    state: (now) => (!isOpen ? "closed" : now >= openUntil ? "half-open" : "open"),
    opensUntil: () => (isOpen ? openUntil : 0),
    mayProbe: (now) => isOpen && now >= openUntil && !probing,
    claimProbe(now) {
      if (!isOpen || now < openUntil || probing) return false;
      probing = true;
      return true;
    },
    releaseProbe() {
      probing = false;
    },
    succeeded(now) {
      consecutive = 0;
      window.add(now, true);
      if (!isOpen) return;
      isOpen = false;
      probing = false;
      openCount = 0;
      outageSince = 0;
      openUntil = 0;
      window.clear();
      onChange("closed", "a call succeeded");
    },
    failed(now, reason, wasProbe) {
      consecutive += 1;
      window.add(now, false);
      lastReason = reason;
      if (isOpen) {
        if (wasProbe) open(now, reason);
        return;
      }
      const { calls, failures } = window.totals(now);
      const tooMany = calls >= WINDOW_MIN_CALLS && failures * 100 > options.failurePercent * calls;
      if (consecutive >= options.consecutiveFailures) open(now, `${consecutive} failures in a row, last: ${reason}`);
      else if (tooMany) open(now, `${failures} of ${calls} calls failed, last: ${reason}`);
    },
    consecutiveFailures: () => consecutive,
    reason: () => lastReason,
  };
}

/** Counts calls and failures over a sliding window of a few buckets. */
function createWindow(windowMs: number) {
  const calls = new Array<number>(WINDOW_BUCKETS).fill(0);
  const failures = new Array<number>(WINDOW_BUCKETS).fill(0);
  const bucketMs = windowMs / WINDOW_BUCKETS;
  let current = 0;
  const advance = (now: number) => {
    const bucket = Math.floor(now / bucketMs);
    const steps = Math.min(WINDOW_BUCKETS, bucket - current);
    for (let i = 1; i <= steps; i++) {
      const index = (current + i) % WINDOW_BUCKETS;
      calls[index] = 0;
      failures[index] = 0;
    }
    if (steps > 0) current = bucket;
  };
  const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
  return {
    add(now: number, ok: boolean) {
      advance(now);
      const index = current % WINDOW_BUCKETS;
      calls[index] = calls[index]! + 1;
      if (!ok) failures[index] = failures[index]! + 1;
    },
    totals(now: number) {
      advance(now);
      return { calls: sum(calls), failures: sum(failures) };
    },
    clear() {
      calls.fill(0);
      failures.fill(0);
    },
  };
}
