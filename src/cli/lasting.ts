/** What outlives a reload: health, counters, budgets, cache, metrics, and what watches the calls go by. */
import { openBudgets } from "../budget/budgets.ts";
import { createCache } from "../cache/cache.ts";
import type { Deps } from "../canonical/deps.ts";
import type { Config } from "../config/config.ts";
import type { Gateway, Lasting } from "../gateway.ts";
import { createCounters } from "../policies/counters.ts";
import { createShare } from "../policies/idempotency.ts";
import { createKeptAnswers } from "../policies/kept-answers.ts";
import { createHealth } from "../router/health.ts";
import type { Store } from "../store/ports.ts";
import { startRetention } from "../store/retention.ts";
import type { Seal } from "../store/seal.ts";
import { createCallLog } from "../telemetry/call-log.ts";
import { createMetrics, type MetricsOptions } from "../telemetry/metrics.ts";
import { keepLimits, restoreLimits } from "./limits-keeper.ts";
import { openObservers } from "./observers.ts";
import { openProductionLog } from "./production-log.ts";
import { keepRests, restoreRests } from "./rests-keeper.ts";
import { openStoredResponses } from "./stored-responses.ts";
import { VERSION } from "./version.ts";

/** How often rests of keys and counts of limits are written, so that a crash forgets little. */
const SAVE_INTERVAL_MS = 5_000;

interface LastingDeps extends Deps, Pick<Lasting, "storedAccess" | "estimate"> {
  /** The one in force. */
  gateway(): Gateway;
  staleSecrets: NonNullable<MetricsOptions["staleSecrets"]>;
  seal: Seal;
  draining(): boolean;
  /** A drill: it has no directory, and what it tests is the upstreams, not the cache. */
  keepsNothing: boolean;
}

export type LastingParts = Awaited<ReturnType<typeof createLasting>>;

export async function createLasting(config: Config, store: Store, deps: LastingDeps) {
  const health = createHealth(config.resilience.breaker, deps);
  await restoreRests(health.rests, store.settings);
  const saveRests = keepRests(health.rests, store.settings, deps, SAVE_INTERVAL_MS);
  const counters = createCounters(deps.clock);
  await restoreLimits(counters, store.settings);
  const saveLimits = keepLimits(counters, store.settings, deps, SAVE_INTERVAL_MS);
  const budgets = await openBudgets({ store, ...deps });
  const stopForgetting = startRetention({ port: store.answers, keepDays: 0, clock: deps.clock, log: deps.log });
  const metrics = createMetrics({
    version: VERSION,
    now: deps.clock.now,
    health,
    inFlight: () => deps.gateway().inFlight(),
    ledgerQueueLength: budgets.queueLength,
    staleSecrets: deps.staleSecrets,
    budgets: () => budgets.statuses(deps.gateway().governed().budgets),
  });
  const observers = await openObservers(store, { ...deps, budgets, keepDays: config.telemetry.log.keepDays });
  const cache = deps.keepsNothing
    ? undefined
    : createCache({
        ...deps,
        directory: config.store.path,
        onVerified(result) {
          metrics.cacheVerified(result);
          if (result !== "drift") observers.alerts.cacheVerdict({ wrong: result === "wrong" });
        },
      });
  const { conversations, stop: stopStored } = openStoredResponses(store, deps);
  const requestLog = openProductionLog(store, config.telemetry, deps);
  const parts: Lasting = {
    deps,
    health,
    share: createShare({ ...deps, kept: createKeptAnswers(store.answers, deps.seal, deps.clock.now) }),
    storedAccess: deps.storedAccess,
    budgets,
    ...(cache && { cache }),
    limits: { counters, running: new Map() },
    sinks: [budgets.sink, ...requestLog.sinks, metrics.sink, observers.alerts.sink, createCallLog(deps.log)],
    contents: requestLog.contents,
    conversations,
    evals: observers.evals,
    version: VERSION,
    estimate: deps.estimate,
    draining: deps.draining,
    startedSeconds: Math.floor(deps.clock.now() / 1000),
  };
  const stop = async () => {
    stopForgetting();
    stopStored();
    await observers.stop();
    await budgets.stop();
    await saveLimits();
    await requestLog.close();
    await saveRests();
    // Last, since nothing depends on it: an answer that is not kept is one more miss.
    await cache?.close().catch((error: unknown) => deps.log("warn", "the cache was not written whole", { error }));
  };
  return { parts, conversations, budgets, cache, metrics, observers, requestLog, stop };
}
