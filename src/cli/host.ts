/**
 * The running process behind `serve` and `demo`: opens what lasts (store, log, metrics, health), builds a gateway from
 * the configuration, listens, and replaces the gateway whole on a reload: build beside, swap one reference, drain the
 * old.
 */
import { randomBytes } from "node:crypto";
import { createEstimator } from "../budget/estimate.ts";
import type { Cache } from "../cache/cache.ts";
import type { Deps } from "../canonical/deps.ts";
import { cacheOptionsOf } from "../config/cache-options.ts";
import type { Config } from "../config/config.ts";
import { openAccessBook } from "../config/dynamic/access-book.ts";
import type { Fault } from "../config/fault.ts";
import { type Loaded, type LoadOptions, loadConfig, resolveValue } from "../config/load.ts";
import { type ConfigWatch, watchConfig } from "../config/watch.ts";
import { createGateway, type Gateway, type Lasting } from "../gateway.ts";
import type { HttpPorts } from "../http/ports.ts";
import { type HttpServer, listen } from "../http/server.ts";
import { isLoopback } from "../policies/address-ranges.ts";
import type { Store } from "../store/ports.ts";
import { createSeal, MASTER_KEY_BYTES, type Seal } from "../store/seal.ts";
import { openStore } from "../store/sqlite/store.ts";
import { adminToken } from "./admin-token.ts";
import { portsOf } from "./host-ports.ts";
import { createLasting } from "./lasting.ts";
import { masterKey } from "./master-key.ts";
import { BY_FILE, reloadEntry } from "./reload-audit.ts";
import { openSignIn } from "./sign-in.ts";
import { StartError } from "./start-error.ts";

export interface HostOptions extends Omit<LoadOptions, "fetch"> {
  deps: Deps;
  /** Instead of a file: a configuration made by the program (demo). */
  value?: unknown;
  /** The providers of `value` are simulated ones of this process: the dashboard says so. */
  simulated?: boolean;
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
  const signIn = await openSignIn({ ...deps, store, token });
  const ports = portsOf(current, { store, token, access, sso: signIn.ports, ...lasting, reload, options });
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
    signIn.stop();
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

function warnOfAccess(gateway: Gateway, { log }: Deps): void {
  for (const warning of gateway.access().warnings) log("warn", warning);
}
