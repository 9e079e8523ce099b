/**
 * What is known about the well-being of every (provider, key, model): its breaker, its rests, its calls in flight.
 * Lives longer than one configuration: a reload keeps it, and rests survive a restart.
 */
import type { Clock, Log, Random } from "../canonical/deps.ts";
import type { Failure } from "../canonical/errors.ts";
import { FAILURES } from "../canonical/errors.ts";
import { type Breaker, type BreakerOptions, type BreakerState, createBreaker } from "./breaker.ts";
import { createRests, type RestReason, type Rests } from "./rests.ts";

/** One (provider, key, model). */
export interface Channel {
  readonly provider: string;
  readonly key: string;
  readonly model: string;
  readonly breaker: Breaker;
  inFlight: number;
}

export interface Health {
  channel(provider: string, key: string, model: string): Channel;
  channels(): Iterable<Channel>;
  rests: Rests;
  /** Books an upstream's failure: breaker and rests, as the FAILURES table says. */
  failed(channel: Channel, failure: Failure, wasProbe: boolean): void;
  /** Books a success: content has arrived. */
  succeeded(channel: Channel): void;
}

export function createHealth(options: BreakerOptions, deps: { clock: Clock; random: Random; log: Log }): Health {
  const channels = new Map<string, Channel>();
  const rests = createRests();
  const { clock, random, log } = deps;

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
    const made: Channel = { provider, key, model, breaker: createBreaker(options, random, announce), inFlight: 0 };
    channels.set(id, made);
    return made;
  };

  return {
    channel,
    channels: () => channels.values(),
    rests,
    failed(channel, failure, wasProbe) {
      // Nothing was received on a socket the upstream had closed between calls: that says nothing about its health.
      if (failure.staleSocket) return wasProbe ? channel.breaker.releaseProbe() : undefined;
      const rule = FAILURES[failure.class];
      const now = clock.now();
      if (rule.countsAgainstHealth) channel.breaker.failed(now, describe(failure), wasProbe);
      else if (wasProbe) channel.breaker.releaseProbe();
      const reason = restReason(rule.rests);
      if (!reason) return;
      const untilMs =
        failure.resetAtMs ?? (failure.retryAfterMs === undefined ? undefined : now + failure.retryAfterMs);
      rests.put(channel.provider, channel.key, channel.model, { reason, untilMs, now });
    },
    succeeded(channel) {
      channel.breaker.succeeded(clock.now());
      rests.clear(channel.provider, channel.key, channel.model);
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
