/**
 * Requests and tokens per time. A call needs room on every level at once and takes it in one turn of the event loop,
 * so that limits are exact under any concurrency and a refused call leaves nothing behind.
 */
import type { Call } from "../canonical/call.ts";
import type { Clock } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { Policy } from "../canonical/policy.ts";
import type { CallRecord, Outcome, RateLimitState } from "../canonical/record.ts";
import { totalInput, totalOutput } from "../canonical/usage.ts";
import type { Counters } from "./counters.ts";
import { type Bucket, correct, type Rate, remaining, resetMs, take, waitFor } from "./gcra.ts";
import type { LimitLevel, LimitLevelsOf } from "./limit-levels.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Of English text and JSON; what was really used is known at the end. */
const BYTES_A_TOKEN = 4;
/** Expected output of a call that names no cap, and the most that is expected of one that does. */
const EXPECTED_OUTPUT_TOKENS = 512;

type Kind = "requestsPerMinute" | "requestsPerDay" | "tokensPerMinute";
const PERIODS: Readonly<Record<Kind, number>> = {
  requestsPerMinute: MINUTE_MS,
  requestsPerDay: DAY_MS,
  tokensPerMinute: MINUTE_MS,
};
const KINDS = Object.keys(PERIODS) as Kind[];

interface Charge {
  kind: Kind;
  level: LimitLevel;
  bucket: Bucket;
  rate: Rate;
  units: number;
}

export function createRateLimit(levelsOf: LimitLevelsOf, counters: Counters, clock: Clock): Policy {
  return (call) => {
    const levels = levelsOf(call.principal, call.user);
    if (levels.length === 0) return undefined;
    const charges = chargesOf(call, levels, counters);
    if (charges.length === 0) return undefined;
    const now = clock.monotonic();
    const { record } = call;
    const refused = longestWait(charges, now);
    if (!refused) for (const { bucket, rate, units } of charges) take(bucket, rate, units, now);
    record.rateLimits = stateOf(charges, now);
    if (refused) throw refusal(refused.charge, refused.waitMs);
    return (outcome) => settle(charges, record, outcome, clock.monotonic());
  };
}

function chargesOf(call: Call, levels: readonly LimitLevel[], counters: Counters): Charge[] {
  const charges: Charge[] = [];
  for (const level of levels) {
    for (const kind of KINDS) {
      const limit = level.limits[kind];
      if (limit === undefined) continue;
      const units = kind === "tokensPerMinute" ? expectedTokens(call) : 1;
      const rate = { limit, periodMs: PERIODS[kind] };
      charges.push({ kind, level, bucket: counters.bucket(kind, level.id), rate, units });
    }
  }
  return charges;
}

function expectedTokens({ body: { bytes, facts } }: Call): number {
  const output = Math.min(facts.maxOutputTokens ?? EXPECTED_OUTPUT_TOKENS, EXPECTED_OUTPUT_TOKENS) * facts.choices;
  return Math.ceil(bytes.length / BYTES_A_TOKEN) + output;
}

function longestWait(charges: readonly Charge[], now: number): { charge: Charge; waitMs: number } | undefined {
  let longest: { charge: Charge; waitMs: number } | undefined;
  for (const charge of charges) {
    const waitMs = waitFor(charge.bucket, charge.rate, charge.units, now);
    if (waitMs > (longest?.waitMs ?? 0)) longest = { charge, waitMs };
  }
  return longest;
}

/** A call that was refused further on, before any upstream saw it, does not count. */
function settle(charges: readonly Charge[], { attempts, usage }: CallRecord, outcome: Outcome, now: number): void {
  const counts = attempts.length > 0 || outcome.ok;
  for (const { kind, bucket, rate, units } of charges) {
    if (!counts) correct(bucket, rate, -units, now);
    else if (kind === "tokensPerMinute" && (usage || attempts.length === 0)) {
      // A hit of the cache used nothing; an attempt that told nothing is taken at what was expected of it.
      correct(bucket, rate, (usage ? totalInput(usage) + totalOutput(usage) : 0) - units, now);
    }
  }
}

/** The tightest of each sort, as clients see it in `x-ratelimit-*`. */
function stateOf(charges: readonly Charge[], now: number): CallRecord["rateLimits"] {
  const states: { requests?: RateLimitState; tokens?: RateLimitState } = {};
  for (const { kind, bucket, rate } of charges) {
    const sort = kind === "tokensPerMinute" ? "tokens" : "requests";
    const left = remaining(bucket, rate, now);
    const known = states[sort];
    if (known && known.remaining <= left) continue;
    states[sort] = { limit: rate.limit, remaining: left, resetMs: resetMs(bucket, now) };
  }
  return states;
}

function refusal({ kind, level, rate }: Charge, waitMs: number): GatewayError {
  const what = {
    requestsPerMinute: "requests a minute",
    requestsPerDay: "requests a day",
    tokensPerMinute: "tokens a minute",
  };
  return new GatewayError(
    "rate_limited",
    `Rate limit reached: ${level.label} may use ${rate.limit} ${what[kind]} (${kind}).`,
    {
      retryAfterMs: Math.ceil(waitMs),
    },
  );
}
