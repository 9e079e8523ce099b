/**
 * The running process behind `serve` and `demo`: opens what lasts (store, log, metrics, health), builds a gateway from
 * the configuration, listens, and replaces the gateway whole on a reload: build beside, swap one reference, drain the
 * old.
 */
import { randomBytes } from "node:crypto";
import { createEstimator } from "../budget/estimate.ts";
import type { Deps } from "../canonical/deps.ts";
import { createQueue } from "../canonical/queue.ts";
import type { Config } from "../config/config.ts";
import { openAccessBook } from "../config/dynamic/access-book.ts";
import { openRoutingBook } from "../config/dynamic/routing-book.ts";
import type { Fault } from "../config/fault.ts";
import type { Loaded, LoadOptions } from "../config/load.ts";
import { createManagers } from "../config/managers/managers.ts";
import { type ConfigWatch, watchConfig } from "../config/watch.ts";
import type { Lasting } from "../gateway.ts";
import { type HttpServer, listen } from "../http/server.ts";
import type { Store } from "../store/ports.ts";
import { createSeal, MASTER_KEY_BYTES, type Seal } from "../store/seal.ts";
import { openStore } from "../store/sqlite/store.ts";
import { adminToken } from "./admin-token.ts";
import { portsOf } from "./host-ports.ts";
import { build, openBindFault, openCache, prepareSwap, type SwapParts } from "./in-force.ts";
import { createLasting } from "./lasting.ts";
import { openSeal } from "./master-key.ts";
import { type Current, load, type ReloadParts, reloadInto, renewSecrets, warnOfAccess } from "./reload.ts";
import { BY_FILE, reloadEntry } from "./reload-audit.ts";
import { createSecretRefresh } from "./secret-refresh.ts";
import { openSignIn } from "./sign-in.ts";
import { StartError } from "./start-error.ts";

export interface HostOptions extends Omit<LoadOptions, "fetch" | "secrets"> {
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
  const managers = createManagers({ environment: options.environment, ...deps });
  const loaded = await load(options, managers.fetch);
  const config = loaded.config;
  if (!config) {
    managers.close();
    throw StartError.ofFaults(loaded.faults);
  }
  const store = options.prepared ? { ...options.prepared.store, close: async () => {} } : await open(config);
  const token = await adminToken(config.server.adminToken, store.settings);
  const access = await openAccessBook({
    store,
    clock: deps.clock,
    config: () => current.gateway.config,
    onChange: () => current.gateway.accessChanged(),
  });
  const seal = await sealOf(options, config, store);
  const serially = createQueue();
  const routing = await openRoutingBook({
    store: store.routing,
    seal,
    deps,
    inForce: () => current,
    prepare: (layered) => prepareSwap(current, { file: current.file, layered }, swapParts),
    serially,
  });
  const layered = routing.layer(config);
  const lasting = await createLasting(config, store, {
    ...deps,
    storedAccess: access.stored,
    gateway: () => current.gateway,
    draining: () => current.state === "draining",
    staleSecrets: managers.stale,
    seal,
    keepsNothing: options.prepared !== undefined,
    estimate: options.prepared?.estimate ?? createEstimator().estimate,
  });
  await openCache(lasting.cache, layered.config).catch(async (error: unknown) => {
    await store.close();
    throw new StartError(error instanceof Error ? error.message : String(error));
  });
  const refresh = createSecretRefresh({
    ...deps,
    managers,
    inForce: () => current.loaded,
    apply: () => serially(async () => (await renewSecrets(current, reloadParts, managers.kept)).length === 0),
    forgive: () => lasting.parts.health.rests.clearReason("auth"),
  });
  const outliving = { ...lasting.parts, sinks: [...lasting.parts.sinks, refresh.sink] };
  const gateway = build(layered.config, outliving);
  const current: Current = { gateway, file: config, layered, loaded, state: "starting" };
  await lasting.budgets.load(current.gateway.governed().budgets);
  lasting.observers.configure(layered.config);
  const swapParts: SwapParts = {
    lasting: outliving,
    boundHost: config.server.host,
    onApplied: lasting.observers.configure,
  };
  const reloadParts: ReloadParts = { options, routing, swap: swapParts };
  const reload = (actor = BY_FILE) =>
    serially(async () => {
      const old = current.gateway.config;
      const faults = await reloadInto(current, reloadParts, managers.fetch);
      refresh.restart();
      const entry = reloadEntry(old, current.gateway.config, actor, deps.clock.now());
      if (entry) await store.audit.append(entry);
      return faults;
    });
  const signIn = await openSignIn({ ...deps, store, token, seal, config: () => current.gateway.config });
  const ports = portsOf(current, { store, token, access, routing, sso: signIn.ports, ...lasting, reload, options });
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
  for (const warning of layered.warnings) deps.log("warn", warning);
  warnOfAccess(current.gateway, deps);
  current.state = "ready";
  refresh.restart();
  current.watch = watchOver(loaded.files, deps, logged(reload, deps));
  let draining: Promise<void> | undefined;
  const drain = async () => {
    current.watch?.close();
    refresh.stop();
    managers.close();
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
    config: layered.config,
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

/** A drill keeps nothing, so it needs no key that lasts. Of a wrong key the store is closed again as it was. */
async function sealOf({ prepared, environment }: HostOptions, config: Config, store: Store): Promise<Seal> {
  if (prepared) return createSeal(randomBytes(MASTER_KEY_BYTES));
  return openSeal(environment, config.store.path, store.settings).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
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

async function open(config: Config): Promise<Store> {
  try {
    return await openStore(config.store);
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
}
