/**
 * The running process behind `serve` and `demo`: opens what lasts (store, log, metrics, health), builds a gateway from
 * the configuration, listens, and replaces the gateway whole on a reload: build beside, swap one reference, drain the
 * old.
 */
import { randomBytes } from "node:crypto";
import { type Budgets, openBudgets } from "../budget/budgets.ts";
import { createEstimator } from "../budget/estimate.ts";
import { type Cache, createCache } from "../cache/cache.ts";
import type { JsonObject } from "../canonical/chat.ts";
import type { Deps } from "../canonical/deps.ts";
import { cacheOptionsOf } from "../config/cache-options.ts";
import type { Config } from "../config/config.ts";
import { redacted } from "../config/config.ts";
import { type AccessBook, type Actor, openAccessBook } from "../config/dynamic/access-book.ts";
import type { Fault } from "../config/fault.ts";
import { type Loaded, type LoadOptions, loadConfig, resolveValue } from "../config/load.ts";
import { type ConfigWatch, watchConfig } from "../config/watch.ts";
import type { Conversations } from "../conversations/conversations.ts";
import { createGateway, type Gateway, type Lasting } from "../gateway.ts";
import type { HttpPorts } from "../http/ports.ts";
import { type HttpServer, listen } from "../http/server.ts";
import { isLoopback } from "../policies/address-ranges.ts";
import { createCounters } from "../policies/counters.ts";
import { createShare } from "../policies/idempotency.ts";
import { createKeptAnswers } from "../policies/kept-answers.ts";
import { createHealth } from "../router/health.ts";
import type { Store } from "../store/ports.ts";
import { startRetention } from "../store/retention.ts";
import { createSeal, MASTER_KEY_BYTES, type Seal } from "../store/seal.ts";
import { openStore } from "../store/sqlite/store.ts";
import { createCallLog } from "../telemetry/call-log.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { type AdminToken, adminToken } from "./admin-token.ts";
import { cachePorts } from "./cache-ports.ts";
import { keepLimits, restoreLimits } from "./limits-keeper.ts";
import { masterKey } from "./master-key.ts";
import { type Observers, openObservers } from "./observers.ts";
import { openProductionLog, type ProductionLog } from "./production-log.ts";
import { BY_FILE, reloadEntry } from "./reload-audit.ts";
import { keepRests, restoreRests } from "./rests-keeper.ts";
import { StartError } from "./start-error.ts";
import { openStoredResponses } from "./stored-responses.ts";
import { VERSION } from "./version.ts";

export interface HostOptions extends Omit<LoadOptions, "fetch"> {
  deps: Deps;
  /** Instead of a file: a configuration made by the program (demo). */
  value?: unknown;
  /** Instead of loading and opening: a configuration already resolved and a store that its owner closes (drill). */
  prepared?: { config: Config; store: Store; estimate: Lasting["estimate"] };
}

export interface Host {
  readonly server: HttpServer;
  readonly loaded: Loaded;
  readonly config: Config;
  /** Where the configuration came from, for people. */
  readonly origin: string;
  /** The admin token made on this start, to be shown once; undefined when there was one already. */
  readonly newAdminToken?: string;
  /** Whether calls need a virtual key, at the start. */
  readonly requiresKey: boolean;
  /** Reads the configuration again; faults leave the old one in force. */
  reload(): Promise<Fault[]>;
  /** Stops accepting, finishes what runs, flushes and closes. */
  drain(): Promise<void>;
}

/** Throws StartError with everything an operator needs to know. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { deps } = options;
  const loaded = await load(options);
  const config = loaded.config;
  if (!config) throw StartError.ofFaults(loaded.faults);
  const store = options.prepared ? { ...options.prepared.store, close: async () => {} } : await open(config);
  const token = await adminToken(config.server.adminToken, store.settings);
  const access = await openAccessBook({
    store,
    clock: deps.clock,
    config: () => current.gateway.config,
    onChange: () => current.gateway.accessChanged(),
  });
  const lasting = await createLasting(config, store, {
    ...deps,
    storedAccess: access.stored,
    gateway: () => current.gateway,
    seal: sealOf(options, config),
    keepsNothing: options.prepared !== undefined,
    estimate: options.prepared?.estimate ?? createEstimator().estimate,
  });
  await openCache(lasting.cache, config).catch(async (error: unknown) => {
    await store.close();
    throw new StartError(error instanceof Error ? error.message : String(error));
  });
  const current: Current = { gateway: build(config, lasting.parts), state: "starting" };
  await lasting.budgets.load(current.gateway.governed().budgets);
  lasting.observers.configure(config);
  const reload = async (actor = BY_FILE) => {
    const old = current.gateway.config;
    const faults = await reloadInto(current, options, lasting.parts, config.server.host);
    if (current.gateway.config !== old) lasting.observers.configure(current.gateway.config);
    const entry = reloadEntry(old, current.gateway.config, actor, deps.clock.now());
    if (entry) await store.audit.append(entry);
    return faults;
  };
  const ports = portsOf(current, { store, token, access, ...lasting, reload, options });
  let server: HttpServer;
  try {
    const refused = openBindFault(config.server.host, current.gateway);
    if (refused !== undefined) throw new Error(refused);
    const { host, port, tls } = config.server;
    server = listen(ports, { host, port, ...(tls && { tls }) });
  } catch (error) {
    await store.close();
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
  await token.keep();
  warnOfAccess(current.gateway, deps);
  current.state = "ready";
  current.watch = watchOver(loaded.files, deps, logged(reload, deps));
  let draining: Promise<void> | undefined;
  const drain = async () => {
    current.watch?.close();
    current.state = "draining";
    await server.drain(current.gateway.config.server.drainMs);
    await current.gateway.close();
    await lasting.stop();
    await store.close();
  };
  return {
    server,
    loaded,
    config,
    origin: loaded.file ?? (options.value === undefined ? "none: from the environment" : "made for this run"),
    newAdminToken: token.generated,
    requiresKey: current.gateway.access().require === "key",
    reload: logged(reload, deps),
    drain: () => (draining ??= drain()),
  };
}

/** Nobody waits for a reload that a file or a signal asked for: what stops it is told in the log. */
function logged(reload: () => Promise<Fault[]>, { log }: Deps): () => Promise<Fault[]> {
  return () =>
    reload().catch((error: unknown) => {
      log("error", "the reload was not written to the audit trail", { error });
      return [];
    });
}

/** A drill keeps nothing, so it needs no key that lasts. */
function sealOf({ prepared, environment }: HostOptions, config: Config): Seal {
  return createSeal(prepared ? randomBytes(MASTER_KEY_BYTES) : masterKey(environment, config.store.path));
}

interface Current {
  gateway: Gateway;
  state: ReturnType<HttpPorts["readiness"]>;
  /** Absent where there is no file to watch. */
  watch?: ConfigWatch;
}

function watchOver(
  files: readonly string[],
  { clock, log }: Deps,
  reload: () => Promise<Fault[]>,
): ConfigWatch | undefined {
  if (files.length === 0) return undefined;
  return watchConfig({
    files,
    clock,
    onChange: () => void reload(),
    onError: (directory) => log("warn", "the configuration is not watched; send SIGHUP after a change", { directory }),
  });
}

async function load(options: HostOptions): Promise<Loaded> {
  const { deps, value, file, directory, environment, overrides, prepared } = options;
  if (prepared) return { config: prepared.config, faults: [], warnings: [], notes: [], file: null, files: [] };
  const request = { file, directory, environment, overrides, fetch: deps.fetch };
  if (value === undefined) return loadConfig(request);
  // A program that makes a configuration means every word of it.
  return { ...(await resolveValue(value, { ...request, file: null })), warnings: [], file: null, files: [] };
}

/** Beyond loopback anybody in the network could spend the operator's money, so nothing is open there by default. */
function openBindFault(host: string, gateway: Gateway): string | undefined {
  if (isLoopback(host) || gateway.access().require === "key") return undefined;
  return (
    `Refusing to listen on ${host}: it can be reached from other machines and no virtual key is required.\n` +
    "Declare a key under access.keys or make one with `evergate keys create` (keys are then required), or listen on 127.0.0.1."
  );
}

async function open(config: Config): Promise<Store> {
  try {
    return await openStore(config.store);
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
}

function build(config: Config, parts: Lasting): Gateway {
  try {
    return createGateway(config, parts);
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
}

/** The thread and its file are there once anything is cached, and not before. */
async function openCache(cache: Cache | undefined, config: Config): Promise<void> {
  if (cacheOptionsOf(config)) await cache?.open();
}

/** How often rests of keys and counts of limits are written, so that a crash forgets little. */
const SAVE_INTERVAL_MS = 5_000;

interface LastingDeps extends Deps, Pick<Lasting, "storedAccess" | "estimate"> {
  /** The one in force. */
  gateway(): Gateway;
  seal: Seal;
  /** A drill: it has no directory, and what it tests is the upstreams, not the cache. */
  keepsNothing: boolean;
}

async function createLasting(config: Config, store: Store, deps: LastingDeps) {
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

/** Builds everything beside the old, swaps one reference, and lets the old finish what it began. */
async function reloadInto(current: Current, options: HostOptions, parts: Lasting, boundHost: string): Promise<Fault[]> {
  const { log } = parts.deps;
  const loaded = await load(options);
  // Also after a broken save: the file that was missing or wrong is the one to watch.
  current.watch?.replace(loaded.files);
  if (!loaded.config) {
    for (const { file, path, message } of loaded.faults)
      log("error", "configuration not reloaded", { file, path, fault: message });
    return loaded.faults;
  }
  let next: Gateway;
  try {
    await openCache(parts.cache, loaded.config);
    next = createGateway(loaded.config, parts);
    const refused = openBindFault(boundHost, next);
    if (refused !== undefined) throw new Error(refused);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log("error", "configuration not reloaded", { fault: message });
    return [{ path: "", message }];
  }
  const old = current.gateway;
  current.gateway = next;
  await parts.budgets.load(next.governed().budgets);
  // A new key, or credit added: whoever reloads gives refused and spent keys another chance.
  for (const reason of ["auth", "quota_exhausted"] as const) parts.health.rests.clearReason(reason);
  log("info", "configuration reloaded", { file: loaded.file });
  warnOfAccess(next, parts.deps);
  void closeWhenIdle(old, parts.deps);
  return [];
}

const IDLE_CHECK_MS = 100;

async function closeWhenIdle(old: Gateway, { clock }: Deps): Promise<void> {
  while (old.inFlight() > 0) await new Promise<void>((resolve) => void clock.after(IDLE_CHECK_MS, resolve));
  await old.close();
}

interface PortParts {
  store: Store;
  token: AdminToken;
  access: AccessBook;
  budgets: Budgets;
  cache: Cache | undefined;
  conversations: Conversations;
  requestLog: ProductionLog;
  metrics: ReturnType<typeof createMetrics>;
  observers: Observers;
  reload(actor?: Actor): Promise<Fault[]>;
  options: HostOptions;
}

function portsOf(
  current: Current,
  { store, token, access, budgets, cache, conversations, metrics, observers, requestLog, reload, options }: PortParts,
): HttpPorts {
  const { clock, log, fetch } = options.deps;
  const ofCache = cachePorts(cache, store);
  return {
    clock,
    log,
    version: VERSION,
    serve: (incoming) => current.gateway.serve(incoming),
    get models() {
      return current.gateway.models;
    },
    admin: {
      ...requestLog.ports,
      access,
      audit: store.audit,
      budgets: {
        list: () => budgets.list(current.gateway.governed().budgets),
        reset: (id, audit) => budgets.reset(current.gateway.governed().budgets, id, audit),
        release: (id, audit) => budgets.release(current.gateway.governed().budgets, id, audit),
      },
      async usage(query) {
        // While the ledger cannot be written a report is as old as its last row.
        await budgets.flush().catch(() => {});
        return store.ledger.usage(query);
      },
      cache: ofCache.cache,
      ...observers.admin,
      targets: () => current.gateway.targets(),
      async setDrained(target, drained, audit) {
        if (!current.gateway.targets().some((known) => known.target === target)) return false;
        await store.audit.append(audit);
        return current.gateway.setDrained(target, drained);
      },
      config: () => effectiveConfig(current.gateway),
      checkConfig: async (value) => (await resolveValue(value, { ...options, file: null, fetch })).faults,
      reload,
    },
    feedback: ofCache.feedback,
    responses: conversations,
    roleOf: (presented) => token.roleOf(presented, current.gateway.config.telemetry.metrics.token),
    authenticate: (credential, remoteAddress) => current.gateway.authenticate(credential, { remoteAddress }),
    metrics: (openMetrics) => metrics.render(openMetrics),
    readiness: () => current.state,
    settings: () => current.gateway.httpSettings,
  };
}

function warnOfAccess(gateway: Gateway, { log }: Deps): void {
  for (const warning of gateway.access().warnings) log("warn", warning);
}

/** Keys made by API decide whether one is required where the file does not. */
function effectiveConfig(gateway: Gateway): JsonObject {
  const config = redacted(gateway.config);
  return { ...config, access: { ...(config["access"] as JsonObject), require: gateway.access().require } };
}
