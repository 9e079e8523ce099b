/**
 * What is known about the well-being of every (provider, key, model): its breaker, its rests, its quota, its calls in
 * flight; and of every (provider, model): how fast it is. Lives longer than one configuration: a reload keeps it, and
 * rests survive a restart.
 */
import type { Clock, Log, Random } from "../canonical/deps.ts";
import type { Failure } from "../canonical/errors.ts";
import { FAILURES } from "../canonical/errors.ts";
import type { Limits } from "../providers/limits.ts";
import { type Breaker, type BreakerOptions, type BreakerState, createBreaker } from "./breaker.ts";
import { createLatency, type Latency } from "./latency.ts";
import { createPromptScale } from "./prompt-scale.ts";
import { createQuota, type Quota, type Ticket } from "./quota.ts";
import { createRests, type RestReason, type Rests } from "./rests.ts";

/** One (provider, key, model). */
export interface Channel {
  readonly provider: string;
  readonly key: string;
  readonly model: string;
  readonly breaker: Breaker;
  readonly quota: Quota;
  readonly target: TargetHealth;
  inFlight: number;
}

/** One (provider, model), over all keys. */
export interface TargetHealth {
  readonly latency: Latency;
  inFlight: number;
}

export interface Health {
  channel(provider: string, key: string, model: string): Channel;
  channels(): Iterable<Channel>;
  target(provider: string, model: string): TargetHealth;
  rests: Rests;
  /** Books an upstream's failure: breaker, rests and latency, as the FAILURES table says. */
  failed(channel: Channel, failure: Failure, wasProbe: boolean): void;
  /** Books a success: content has arrived after `firstMs`; `bucket` as in `bucketOf`. */
  succeeded(channel: Channel, firstMs: number, bucket: number): void;
  /** Books what an answer told of the key's limits. `refused`: it was a 429. */
  told(channel: Channel, limits: Limits | undefined, ticket: Ticket | undefined, refused: boolean): void;
}

/** How slow a failure counts in latency routing, where the upstream asks for no wait of its own (FIELD-NOTES §2). */
const PENALTY_MS = 5_000;
const MAX_PENALTY_MS = 300_000;

/** A used-up window becomes a rest, which operators see and restarts keep, when it lasts at least this long. */
const MIN_KNOWN_REST_MS = 10_000;

export function createHealth(options: BreakerOptions, deps: { clock: Clock; random: Random; log: Log }): Health {
  const channels = new Map<string, Channel>();
  const targets = new Map<string, TargetHealth>();
  const scale = createPromptScale();
  const rests = createRests();
  const { clock, random, log } = deps;

  const target = (provider: string, model: string): TargetHealth => {
    const id = `${provider}\n${model}`;
    const known = targets.get(id);
    if (known) return known;
    const made: TargetHealth = { latency: createLatency(scale), inFlight: 0 };
    targets.set(id, made);
    return made;
  };

  const channel = (provider: string, key: string, model: string): Channel => {
    const id = `${provider}\n${key}\n${model}`;
    const known = channels.get(id);
    if (known) return known;
    const announce = (state: BreakerState, reason: string) =>
      log(state === "open" ? "warn" : "info", state === "open" ? "breaker opened" : "breaker closed", {
        target: `${provider}/${model}`,
        key,
        reason,
      });
    const made: Channel = {
      provider,
      key,
      model,
      breaker: createBreaker(options, random, announce),
      quota: createQuota(),
      target: target(provider, model),
      inFlight: 0,
    };
    channels.set(id, made);
    return made;
  };

  return {
    channel,
    channels: () => channels.values(),
    target,
    rests,
    failed(channel, failure, wasProbe) {
      // Nothing was received on a socket the upstream had closed between calls: that says nothing about its health.
      if (failure.staleSocket) return wasProbe ? channel.breaker.releaseProbe() : undefined;
      const rule = FAILURES[failure.class];
      const now = clock.now();
      if (rule.countsAgainstHealth) channel.breaker.failed(now, describe(failure), wasProbe);
      else if (wasProbe) channel.breaker.releaseProbe();
      if (rule.countsAgainstHealth || rule.reason === "rate_limited")
        channel.target.latency.penalise(Math.min(failure.retryAfterMs ?? PENALTY_MS, MAX_PENALTY_MS), now);
      const reason = restReason(rule.rests);
      if (!reason || failure.pathMissing) return;
      const untilMs =
        failure.resetAtMs ?? (failure.retryAfterMs === undefined ? undefined : now + failure.retryAfterMs);
      rests.put(channel.provider, channel.key, channel.model, {
        reason,
        untilMs,
        now,
        paced: channel.quota.isPaced(),
      });
    },
    succeeded(channel, firstMs, bucket) {
      const now = clock.now();
      channel.breaker.succeeded(now);
      channel.quota.answered(now);
      channel.target.latency.sample(firstMs, bucket, now);
      // The last call of a window gets through and says that it was the last: that rest stands.
      if (!channel.quota.usedUp(now)) rests.clear(channel.provider, channel.key, channel.model);
    },
    told(channel, limits, ticket, refused) {
      const now = clock.now();
      const untilMs = channel.quota.told(limits, ticket, refused, now);
      if (untilMs === undefined || untilMs - now < MIN_KNOWN_REST_MS) return;
      rests.put(channel.provider, channel.key, channel.model, { reason: "rate_limited", untilMs, now });
    },
  };
}

function restReason(rests: (typeof FAILURES)[Failure["class"]]["rests"]): RestReason | undefined {
  switch (rests) {
    case "key-until-reset":
      return "rate_limited";
    case "key-until-quota":
      return "quota_exhausted";
    case "key-until-proven":
      return "auth";
    case "target":
      return "model_not_found";
    case "nothing":
      return undefined;
    default:
      return rests satisfies never;
  }
}

/** Without the upstream's own words: they may quote a prompt. */
function describe(failure: Failure): string {
  return failure.status === undefined
    ? FAILURES[failure.class].reason
    : `${FAILURES[failure.class].reason} (HTTP ${failure.status})`;
}
