/**
 * The pace of a key whose upstream says nothing about its limits but 429 (Gemini, Bedrock, Vertex): after the first
 * one calls are spaced by GCRA at the rate that had got through, which then creeps up and falls back at the next 429
 * (additive increase, multiplicative decrease). Without a 429 there is no pace.
 */
export interface Pace {
  waitMs(now: number): number;
  /** A call is sent, or takes its place in the queue. */
  take(now: number): void;
  giveBack(): void;
  /** A call got through. */
  answered(now: number): void;
  /** The upstream answered 429. */
  limited(now: number): void;
  isOn(): boolean;
  /** Calls a minute that are let through now; undefined while there is no pace. */
  perMinute(now: number): number | undefined;
}

const MINUTE_MS = 60_000;
/** What a 429 leaves of the rate that got through. */
const DECREASE = 0.95;
/** Share of the rate that comes back a second. */
const INCREASE_PER_SECOND = 0.002;
/** Several calls at once meet the same limit: only the first of them slows down. */
const SAME_LIMIT_MS = 2_000;
/** A limit that hasn't been met for so long has probably gone. */
const FORGOTTEN_MS = 600_000;
/** Calls that may come at once after a pause, in seconds of the rate. */
const BURST_SECONDS = 1;
/** How far back the rate that got through is measured; a pause of this length begins the measurement anew. */
const MEASURED_MS = 10_000;
const MIN_MEASURED_MS = 1_000;
/** Fewer calls than this say nothing about a rate: the rest after the 429 is enough. */
const MIN_MEASURED_CALLS = 5;
const MIN_PER_MINUTE = 1;

export function createPace(): Pace {
  let perMs = 0;
  let limitedAt = 0;
  let raisedAt = 0;
  /** Theoretical arrival time (GCRA). */
  let tat = 0;
  /** Decaying sum of calls that got through, and since when. */
  let through = 0;
  let throughAt = 0;
  let throughSince = 0;

  const count = (now: number) => {
    if (now - throughAt > MEASURED_MS) [through, throughSince] = [0, now];
    through = through * Math.exp(-(now - throughAt) / MEASURED_MS) + 1;
    throughAt = now;
  };
  /** Calls a millisecond; undefined where too few came to tell. */
  const measured = (now: number): number | undefined => {
    if (through < MIN_MEASURED_CALLS || now - throughAt > MEASURED_MS) return undefined;
    const spanMs = Math.max(MIN_MEASURED_MS, now - throughSince);
    // What a steady rate adds up to over this span under the decay.
    return through / (MEASURED_MS * (1 - Math.exp(-spanMs / MEASURED_MS)));
  };
  const current = (now: number): number => {
    if (perMs === 0) return 0;
    if (now - limitedAt > FORGOTTEN_MS) perMs = 0;
    const seconds = (now - raisedAt) / 1_000;
    if (seconds > 0) perMs *= 1 + INCREASE_PER_SECOND * seconds;
    raisedAt = Math.max(raisedAt, now);
    return perMs;
  };

  return {
    waitMs(now) {
      const rate = current(now);
      if (rate === 0) return 0;
      const spacing = 1 / rate;
      const tolerance = Math.max(spacing, BURST_SECONDS * 1_000);
      return Math.max(0, Math.max(now, tat) + spacing - tolerance - now);
    },
    take(now) {
      const rate = current(now);
      if (rate > 0) tat = Math.max(now, tat) + 1 / rate;
    },
    giveBack() {
      if (perMs > 0) tat -= 1 / perMs;
    },
    answered: count,
    limited(now) {
      const known = current(now);
      if (known > 0 && now - limitedAt < SAME_LIMIT_MS) return;
      const rate = measured(now);
      if (known === 0 && rate === undefined) return;
      const base = known === 0 ? rate! : Math.min(known, Math.max(rate ?? 0, known / 2));
      perMs = Math.max(MIN_PER_MINUTE / MINUTE_MS, base * DECREASE);
      limitedAt = now;
      raisedAt = now;
      if (known === 0) tat = now;
    },
    isOn: () => perMs > 0,
    perMinute(now) {
      const rate = current(now);
      return rate === 0 ? undefined : rate * MINUTE_MS;
    },
  };
}
