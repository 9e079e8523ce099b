/**
 * Where one call goes next. Holds the call's candidates in the order of its route's strategy and what has happened to
 * each so far; decides, waits for nothing and sends nothing. The router loop asks `next`, tries it, and reports back.
 */
import type { AttemptPlan } from "../canonical/attempt.ts";
import type { Random } from "../canonical/deps.ts";
import { FAILURES, type Failure } from "../canonical/errors.ts";
import type { Decision } from "../canonical/record.ts";
import type { ProviderKey } from "../providers/provider.ts";
import type { Candidate } from "./candidates.ts";
import type { Channel, Health } from "./health.ts";
import type { CloseTo } from "./keys.ts";
import { lastResortFor } from "./last-resort.ts";
import { excludeByRule } from "./moving-on.ts";
import type { Ticket } from "./quota.ts";
import { repeatAfter } from "./repeat.ts";
import type { Rest } from "./rests.ts";
import type { OrderInputs } from "./strategies.ts";

export interface SelectionOptions {
  /** Repeats on one target beyond its first attempt. */
  perTarget: number;
  /** The longest Retry-After worth waiting for within a call. */
  waitForRetryAfterMs: number;
  /** The longest wait for a key's quota. */
  maxQueueMs: number;
  /** Whether one more call may wait. */
  mayQueue(): boolean;
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
  /** The pause is for the key's quota, not for a failure. */
  queued: boolean;
  /** What was taken of the key's quota for it. */
  ticket: Ticket | undefined;
  /** This attempt is the half-open breaker's one real call. */
  probe: boolean;
  /** Another target is left to move on to. */
  hasAlternative: boolean;
  /** Repeats what failed on a kept-alive socket that the upstream had closed. */
  freshConnection: boolean;
}

export interface Selection {
  next(now: number): Choice | undefined;
  /** A second attempt beside a running one: another key of its target, else another target; never one that is unwell. */
  hedge(running: Choice, now: number): Choice | undefined;
  failed(choice: Choice, failure: Failure, now: number): void;
  /** Puts the choice's target aside for the rest of this call. */
  setAside(choice: Choice, why: string): void;
  /** The choice will not be sent: gives back what it had taken. */
  abandon(choice: Choice): void;
  /** Whether the choice is the first of the order: otherwise something was passed over. */
  isFirst(choice: Choice): boolean;
  /** Soonest end of anything that rests. */
  soonestRest(now: number): Rest | undefined;
  /** Milliseconds until a key's quota allows the call; undefined where it is not the quota that stands in the way. */
  soonestQuotaMs(now: number): number | undefined;
  /** For explain: each target and key, and why it would be passed over now. */
  explain(now: number): Decision["candidates"];
}

export interface Progress {
  candidate: Candidate;
  repeats: number;
  staleSocketRepeated: boolean;
  tried: Set<string>;
  /** Why this call does not try it (again). */
  excluded?: string;
}

export function createSelection(
  candidates: readonly Candidate[],
  health: Health,
  options: SelectionOptions,
  random: Random,
  { affinity, seed, demand }: OrderInputs,
  lacking: (candidate: Candidate) => string | undefined = () => undefined,
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
  const entryOf = (candidate: Candidate) => progress.find((one) => one.candidate === candidate)!;

  const isWell = (entry: Progress, key: ProviderKey, now: number): boolean => {
    if (entry.tried.has(key.name) || restOf(entry, key, now)) return false;
    const { breaker } = channelOf(entry, key);
    return breaker.state(now) === "closed" || breaker.mayProbe(now);
  };
  const quotaMs = (entry: Progress, key: ProviderKey, now: number) => channelOf(entry, key).quota.waitMs(demand, now);
  const isFree = (entry: Progress, key: ProviderKey, now: number) =>
    isWell(entry, key, now) && quotaMs(entry, key, now) === 0;
  const closeTo = (entry: Progress): CloseTo | undefined =>
    affinity === undefined
      ? undefined
      : { affinity, seed, load: (key) => (channelOf(entry, key).inFlight + 1) / key.weight };
  const freeKey = (entry: Progress, usable: (key: ProviderKey) => boolean): ProviderKey | undefined =>
    entry.candidate.keys.pick(entry.candidate.target.model, usable, closeTo(entry));
  const freeKeyExists = (entry: Progress, now: number) => serving(entry).some((key) => isFree(entry, key, now));
  const anyFree = (now: number) => progress.some((entry) => entry.excluded === undefined && freeKeyExists(entry, now));

  const choose = (entry: Progress, key: ProviderKey, now: number, how: Partial<Choice> = {}): Choice => {
    const channel = channelOf(entry, key);
    const kind = attempted ? "failover" : "first";
    const waitMs = how.waitMs ?? 0;
    attempted = true;
    entry.tried.add(key.name);
    return {
      candidate: entry.candidate,
      key,
      channel,
      kind,
      waitMs,
      queued: false,
      ticket: channel.quota.take(demand, now),
      probe: channel.breaker.claimProbe(now + waitMs),
      hasAlternative: progress.some((other) => other !== entry && other.excluded === undefined),
      freshConnection: false,
      ...how,
    };
  };

  /** The key whose quota comes back first, of those where nothing else stands in the way. */
  const soonestQuota = (now: number) => {
    let best: { entry: Progress; key: ProviderKey; waitMs: number } | undefined;
    for (const entry of progress) {
      if (entry.excluded !== undefined) continue;
      for (const key of serving(entry)) {
        if (!isWell(entry, key, now)) continue;
        const waitMs = quotaMs(entry, key, now);
        if (!best || waitMs < best.waitMs) best = { entry, key, waitMs };
      }
    }
    return best;
  };

  const queue = (now: number): Choice | undefined => {
    const soonest = soonestQuota(now);
    if (!soonest || soonest.waitMs > options.maxQueueMs || !options.mayQueue()) return undefined;
    return choose(soonest.entry, soonest.key, now, { waitMs: soonest.waitMs, queued: true });
  };

  /** When nothing is free: a short rest is waited out, else the breaker that turns half-open soonest is tried. */
  const lastResort = (now: number): Choice | undefined => {
    if (lastResortUsed) return undefined;
    let best: { entry: Progress; key: ProviderKey; waitMs: number; rank: number } | undefined;
    for (const entry of progress) {
      if (entry.excluded !== undefined) continue;
      for (const key of serving(entry)) {
        if (entry.tried.has(key.name)) continue;
        const channel = channelOf(entry, key);
        const longestMs = options.mayQueue() ? options.waitForRetryAfterMs : 0;
        const option = lastResortFor(restOf(entry, key, now), channel, quotaMs(entry, key, now), now, longestMs);
        if (option && (!best || option.rank < best.rank)) best = { entry, key, ...option };
      }
    }
    if (!best) return undefined;
    lastResortUsed = true;
    return choose(best.entry, best.key, now, { waitMs: best.waitMs });
  };

  return {
    next(now) {
      if (repeat) {
        const { entry, key, waitMs, freshConnection } = repeat;
        repeat = undefined;
        if (entry.excluded === undefined) return choose(entry, key, now, { kind: "retry", waitMs, freshConnection });
      }
      const ready: Progress[] = [];
      for (const entry of progress) {
        if (entry.excluded === undefined && freeKeyExists(entry, now)) ready.push(entry);
      }
      // With a choice, first those that lose nothing of the request that would change its answer.
      const best = ready.length > 1 ? ready.find(({ candidate }) => lacking(candidate) === undefined) : undefined;
      for (const entry of best ? [best, ...ready] : ready) {
        const key = freeKey(entry, (one) => isFree(entry, one, now));
        if (key) return choose(entry, key, now);
      }
      return queue(now) ?? lastResort(now);
    },

    hedge(running, now) {
      const same = entryOf(running.candidate);
      for (const entry of [same, ...progress.filter((one) => one !== same)]) {
        if (entry.excluded !== undefined) continue;
        const key = freeKey(
          entry,
          (one) => isFree(entry, one, now) && channelOf(entry, one).breaker.state(now) === "closed",
        );
        if (key) return choose(entry, key, now, { kind: "hedge" });
      }
      return undefined;
    },

    failed({ candidate, key }, failure, now) {
      const entry = entryOf(candidate);
      const rule = FAILURES[failure.class];
      const otherKey = rule.otherKey && freeKeyExists(entry, now);
      const otherTarget = progress.some((other) => other !== entry && other.excluded === undefined);
      const room = { otherKey, otherTarget, quotaMs: quotaMs(entry, key, now) };
      const again = repeatAfter(failure, entry, room, options, random);
      const opened = again && channelOf(entry, key).breaker.state(now + again.waitMs) === "open";
      if (again && !(opened && anyFree(now))) {
        repeat = { entry, key, ...again };
        return;
      }
      if (!otherKey) entry.excluded = describe(failure);
      excludeByRule(progress, entry, failure, options);
    },

    setAside({ candidate }, why) {
      entryOf(candidate).excluded = why;
    },

    abandon({ channel, probe, ticket }) {
      if (probe) channel.breaker.releaseProbe();
      channel.quota.giveBack(ticket);
    },

    isFirst: ({ candidate }) => progress[0]!.candidate === candidate,

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

    soonestQuotaMs(now) {
      const waitMs = soonestQuota(now)?.waitMs;
      return waitMs === undefined || waitMs === 0 ? undefined : waitMs;
    },

    explain: (now) =>
      progress.flatMap((entry) =>
        serving(entry).map((key) => {
          const channel = channelOf(entry, key);
          const skipped =
            entry.excluded ??
            lackingReason(progress.length > 1 ? lacking(entry.candidate) : undefined) ??
            (entry.tried.has(key.name) ? "tried before" : skippedBecause(restOf(entry, key, now), channel, now)) ??
            quotaReason(quotaMs(entry, key, now));
          const row = { target: entry.candidate.target.name, key: key.name, weight: key.weight };
          return { ...row, inFlight: channel.inFlight, ...(skipped && { skipped }) };
        }),
      ),
  };
}

function skippedBecause(rest: Rest | undefined, { breaker }: Channel, now: number): string | undefined {
  if (rest) return `resting: ${rest.reason}`;
  const state = breaker.state(now);
  if (state === "closed" || breaker.mayProbe(now)) return undefined;
  return `breaker ${state}: ${breaker.reason() ?? "failures"}`;
}

function lackingReason(field: string | undefined): string | undefined {
  return field === undefined ? undefined : `it cannot honour ${field}`;
}

function quotaReason(waitMs: number): string | undefined {
  return waitMs > 0 ? `no quota for ${Math.ceil(waitMs)} ms` : undefined;
}

function describe(failure: Failure): string {
  const { reason } = FAILURES[failure.class];
  return failure.status === undefined ? reason : `${reason} (HTTP ${failure.status})`;
}
