/**
 * Where one call goes next. Holds the call's candidates in the order of its route's strategy and what has happened to
 * each so far; decides, waits for nothing and sends nothing. The router loop asks `next`, tries it, and reports back.
 */
import type { AttemptPlan } from "../canonical/attempt.ts";
import type { Random } from "../canonical/deps.ts";
import { FAILURES, type Failure } from "../canonical/errors.ts";
import type { ProviderKey } from "../providers/provider.ts";
import { backoffMs } from "./backoff.ts";
import type { Candidate } from "./candidates.ts";
import type { Channel, Health } from "./health.ts";
import { excludeByRule } from "./moving-on.ts";
import type { Rest } from "./rests.ts";

export interface SelectionOptions {
  /** Repeats on one target beyond its first attempt. */
  perTarget: number;
  /** The longest Retry-After worth waiting for within a call. */
  waitForRetryAfterMs: number;
  /** Failures that may move on although the table says they don't. */
  fallbackOn: ReadonlySet<string>;
  /** Context window of a candidate in tokens, where known. */
  contextTokens(candidate: Candidate): number | undefined;
}

export interface Choice {
  candidate: Candidate;
  key: ProviderKey;
  channel: Channel;
  kind: AttemptPlan["kind"];
  /** Pause before the attempt. */
  waitMs: number;
  /** This attempt is the half-open breaker's one real call. */
  probe: boolean;
  /** Another target is left to move on to. */
  hasAlternative: boolean;
  /** Repeats what failed on a kept-alive socket that the upstream had closed. */
  freshConnection: boolean;
}

export interface Selection {
  next(now: number): Choice | undefined;
  failed(choice: Choice, failure: Failure, now: number): void;
  /** Puts the choice's target aside for the rest of this call. */
  setAside(choice: Choice, why: string): void;
  /** Soonest end of anything that rests. */
  soonestRest(now: number): Rest | undefined;
  /** For explain: each candidate and why it would be passed over now. */
  explain(now: number): { target: string; key?: string; skipped?: string }[];
}

export interface Progress {
  candidate: Candidate;
  repeats: number;
  staleSocketRepeated: boolean;
  tried: Set<string>;
  /** Why this call does not try it (again). */
  excluded?: string;
}

/** A server error is repeated once on the same target, whatever `perTarget` allows beyond (INTERFACE §2.4). */
const MAX_SERVER_REPEATS = 1;
/** Ranks of last resorts: waiting out a short rest, then an open breaker, then what was refused before. */
const RANK_OPEN_BREAKER = 1e6;
const RANK_REFUSED_BEFORE = 1e12;

export function createSelection(
  candidates: readonly Candidate[],
  health: Health,
  options: SelectionOptions,
  random: Random,
): Selection {
  const progress: Progress[] = candidates.map((candidate) => ({
    candidate,
    repeats: 0,
    staleSocketRepeated: false,
    tried: new Set(),
  }));
  const { rests } = health;
  let attempted = false;
  let lastResortUsed = false;
  let repeat: { entry: Progress; key: ProviderKey; waitMs: number; freshConnection: boolean } | undefined;

  const channelOf = ({ candidate: { target } }: Progress, key: ProviderKey) =>
    health.channel(target.provider, key.name, target.model);
  const restOf = ({ candidate: { target } }: Progress, key: ProviderKey, now: number) =>
    rests.of(target.provider, key.name, target.model, now);
  const serving = ({ candidate }: Progress) => candidate.keys.serving(candidate.target.model);

  const isFree = (entry: Progress, key: ProviderKey, now: number): boolean => {
    if (entry.tried.has(key.name) || restOf(entry, key, now)) return false;
    const { breaker } = channelOf(entry, key);
    return breaker.state(now) === "closed" || breaker.mayProbe(now);
  };
  const freeKey = (entry: Progress, now: number): ProviderKey | undefined =>
    entry.candidate.keys.pick(entry.candidate.target.model, (key) => isFree(entry, key, now));
  const anyFree = (now: number) =>
    progress.some((entry) => entry.excluded === undefined && serving(entry).some((key) => isFree(entry, key, now)));

  const choose = (
    entry: Progress,
    key: ProviderKey,
    now: number,
    waitMs: number,
    repeated?: { freshConnection: boolean },
  ): Choice => {
    const channel = channelOf(entry, key);
    const kind = repeated ? "retry" : attempted ? "failover" : "first";
    attempted = true;
    entry.tried.add(key.name);
    const hasAlternative = progress.some((other) => other !== entry && other.excluded === undefined);
    const probe = channel.breaker.claimProbe(now + waitMs);
    const freshConnection = repeated?.freshConnection ?? false;
    return { candidate: entry.candidate, key, channel, kind, waitMs, probe, hasAlternative, freshConnection };
  };

  /** When nothing is free: a short rest is waited out, else the breaker that turns half-open soonest is tried. */
  const lastResort = (now: number): Choice | undefined => {
    if (lastResortUsed) return undefined;
    let best: { entry: Progress; key: ProviderKey; waitMs: number; rank: number } | undefined;
    for (const entry of progress) {
      if (entry.excluded !== undefined) continue;
      for (const key of serving(entry)) {
        if (entry.tried.has(key.name)) continue;
        const option = lastResortFor(restOf(entry, key, now), channelOf(entry, key), now, options.waitForRetryAfterMs);
        if (option && (!best || option.rank < best.rank)) best = { entry, key, ...option };
      }
    }
    if (!best) return undefined;
    lastResortUsed = true;
    return choose(best.entry, best.key, now, best.waitMs);
  };

  const planRepeat = (entry: Progress, key: ProviderKey, failure: Failure, now: number): boolean => {
    const rule = FAILURES[failure.class];
    if (failure.staleSocket && !entry.staleSocketRepeated) {
      // The upstream had closed a kept-alive socket: nothing was received, so this is no retry of a failure.
      entry.staleSocketRepeated = true;
      repeat = { entry, key, waitMs: 0, freshConnection: true };
      return true;
    }
    if (rule.sameKey === "never") return false;
    const backsOff = rule.sameKey === "after-backoff";
    const waitMs = backsOff
      ? Math.max(backoffMs(entry.repeats, random), failure.retryAfterMs ?? 0)
      : failure.retryAfterMs;
    const most = backsOff ? Math.min(MAX_SERVER_REPEATS, options.perTarget) : options.perTarget;
    if (waitMs === undefined || waitMs > options.waitForRetryAfterMs || entry.repeats >= most) return false;
    if (rule.otherKey && freeKeyExists(entry, now)) return false;
    entry.repeats += 1;
    repeat = { entry, key, waitMs, freshConnection: false };
    return true;
  };
  const freeKeyExists = (entry: Progress, now: number) => serving(entry).some((key) => isFree(entry, key, now));

  return {
    next(now) {
      if (repeat) {
        const { entry, key, waitMs, freshConnection } = repeat;
        repeat = undefined;
        const open = channelOf(entry, key).breaker.state(now + waitMs) === "open";
        if (entry.excluded === undefined && !(open && anyFree(now)))
          return choose(entry, key, now, waitMs, { freshConnection });
        entry.excluded ??= "breaker open";
      }
      for (const entry of progress) {
        if (entry.excluded !== undefined) continue;
        const key = freeKey(entry, now);
        if (key) return choose(entry, key, now, 0);
      }
      return lastResort(now);
    },

    failed({ candidate, key }, failure, now) {
      const entry = progress.find((one) => one.candidate === candidate)!;
      if (planRepeat(entry, key, failure, now)) return;
      const rule = FAILURES[failure.class];
      if (!(rule.otherKey && freeKeyExists(entry, now))) entry.excluded = describe(failure);
      excludeByRule(progress, entry, failure, options);
    },

    setAside({ candidate }, why) {
      progress.find((one) => one.candidate === candidate)!.excluded = why;
    },

    soonestRest(now) {
      let soonest: Rest | undefined;
      for (const entry of progress) {
        for (const key of serving(entry)) {
          const rest = restOf(entry, key, now);
          if (rest && (!soonest || rest.untilMs < soonest.untilMs)) soonest = rest;
        }
      }
      return soonest;
    },

    explain: (now) =>
      progress.flatMap((entry) =>
        serving(entry).map((key) => {
          const skipped = entry.excluded ?? skippedBecause(restOf(entry, key, now), channelOf(entry, key), now);
          return { target: entry.candidate.target.name, key: key.name, ...(skipped && { skipped }) };
        }),
      ),
  };
}

function lastResortFor(rest: Rest | undefined, channel: Channel, now: number, longestWaitMs: number) {
  if (!rest) return { waitMs: 0, rank: RANK_OPEN_BREAKER + Math.max(0, channel.breaker.opensUntil() - now) };
  const waitMs = rest.untilMs - now;
  switch (rest.reason) {
    case "rate_limited":
      return waitMs <= longestWaitMs ? { waitMs, rank: waitMs } : undefined;
    case "auth":
    case "model_not_found":
      return { waitMs: 0, rank: RANK_REFUSED_BEFORE + waitMs };
    case "quota_exhausted":
    case "drained":
      return undefined;
    default:
      return rest.reason satisfies never;
  }
}

function skippedBecause(rest: Rest | undefined, channel: Channel, now: number): string | undefined {
  if (rest) return `resting: ${rest.reason}`;
  const state = channel.breaker.state(now);
  return state === "closed" ? undefined : `breaker ${state}: ${channel.breaker.reason() ?? "failures"}`;
}

function describe(failure: Failure): string {
  const { reason } = FAILURES[failure.class];
  return failure.status === undefined ? reason : `${reason} (HTTP ${failure.status})`;
}
