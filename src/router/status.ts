/** Every (provider, key, model) that routes name or calls have met, with its breaker and rests, for operators. */
import type { Provider } from "../providers/provider.ts";
import type { BreakerState } from "./breaker.ts";
import type { Health } from "./health.ts";
import { createKeyPool } from "./keys.ts";
import type { QuotaStatus } from "./quota.ts";
import type { Rest } from "./rests.ts";
import type { Routes } from "./routes.ts";

export interface ChannelStatus {
  target: string;
  provider: string;
  model: string;
  key: string;
  state: BreakerState;
  /** Why it is open or resting, in words; null when it is neither. */
  reason: string | null;
  /** Epoch milliseconds; null when neither key nor target rests. */
  restingUntilMs: number | null;
  inFlight: number;
  consecutiveFailures: number;
  /** Peak-weighted time to first content of the target; null before its first answer. */
  latencyMs: number | null;
  quota: QuotaStatus | null;
}

export function targetStatuses(
  routes: Routes,
  providers: readonly Provider[],
  health: Health,
  now: number,
): ChannelStatus[] {
  const pools = new Map(providers.map((provider) => [provider.name, createKeyPool(provider.keys)]));
  for (const route of routes.list()) {
    for (const { target } of route.targets) {
      for (const key of pools.get(target.provider)?.serving(target.model) ?? [])
        health.channel(target.provider, key.name, target.model);
    }
  }
  const known = [...health.channels()].filter(({ provider }) => pools.has(provider));
  return known.map(({ provider, key, model, breaker, quota, target, inFlight }) => {
    const rest = health.rests.of(provider, key, model, now);
    const state = breaker.state(now);
    return {
      target: `${provider}/${model}`,
      provider,
      model,
      key,
      state,
      reason: rest ? `resting: ${rest.reason}` : state === "closed" ? null : (breaker.reason() ?? null),
      restingUntilMs: restEnd(rest),
      inFlight,
      consecutiveFailures: breaker.consecutiveFailures(),
      latencyMs: target.latency.peek() ?? null,
      quota: told(quota.status(now)),
    };
  });
}

/** Takes a target out of service or puts it back; false when neither a route nor a call has met it. */
export function setDrained(
  { target, drained }: { target: string; drained: boolean },
  routes: Routes,
  providers: readonly Provider[],
  health: Health,
  now: number,
): boolean {
  const known = targetStatuses(routes, providers, health, now).find((one) => one.target === target);
  if (!known) return false;
  const { provider, model, key } = known;
  if (drained) health.rests.put(provider, key, model, { reason: "drained", now });
  else health.rests.restoreTarget(provider, model);
  return true;
}

function told(status: QuotaStatus): QuotaStatus | null {
  return Object.keys(status).length === 0 ? null : status;
}

function restEnd(rest: Rest | undefined): number | null {
  return rest && Number.isFinite(rest.untilMs) ? rest.untilMs : null;
}
