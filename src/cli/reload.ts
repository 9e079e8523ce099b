/** Reading the configuration, at the start and again: a reload builds everything beside the old and swaps one reference. */
import type { Deps } from "../canonical/deps.ts";
import type { RoutingBook } from "../config/dynamic/routing-book.ts";
import type { Fault } from "../config/fault.ts";
import { type Loaded, loadConfig, resolveValue } from "../config/load.ts";
import type { SecretReader } from "../config/managers/reference.ts";
import type { ConfigWatch } from "../config/watch.ts";
import type { Gateway } from "../gateway.ts";
import type { HttpPorts } from "../http/ports.ts";
import type { HostOptions } from "./host.ts";
import { type InForce, prepareSwap, type SwapParts } from "./in-force.ts";

export interface Current extends InForce {
  /** Where the file's part came from. */
  loaded: Loaded;
  state: ReturnType<HttpPorts["readiness"]>;
  /** Absent where there is no file to watch. */
  watch?: ConfigWatch;
}

export interface ReloadParts {
  options: HostOptions;
  routing: Pick<RoutingBook, "layer">;
  swap: SwapParts;
}

/** @param secrets reads what is in secrets managers */
export async function load(options: HostOptions, secrets: SecretReader): Promise<Loaded> {
  const { deps, value, file, directory, environment, overrides, prepared } = options;
  if (prepared) {
    const nothing = { faults: [], warnings: [], notes: [], managed: [], secretAt: () => undefined };
    return { config: prepared.config, ...nothing, file: null, files: [] };
  }
  const request = { file, directory, environment, overrides, secrets, fetch: deps.fetch };
  if (value === undefined) return loadConfig(request);
  // A program that makes a configuration means every word of it.
  return { ...(await resolveValue(value, { ...request, file: null })), warnings: [], file: null, files: [], value };
}

/** A file that was saved, SIGHUP, or the admin API: everything is read again. */
export async function reloadInto(current: Current, parts: ReloadParts, secrets: SecretReader): Promise<Fault[]> {
  const loaded = await load(parts.options, secrets);
  // Also after a broken save: the file that was missing or wrong is the one to watch.
  current.watch?.replace(loaded.files);
  return takeOver(current, parts, loaded);
}

/**
 * The configuration in force with other secrets. Its file is not read again: it may be half edited, which has nothing to
 * do with a secret that was rotated.
 */
export async function renewSecrets(current: Current, parts: ReloadParts, secrets: SecretReader): Promise<Fault[]> {
  const { loaded } = current;
  const { directory, environment, overrides, deps } = parts.options;
  const request = { file: loaded.file, directory, environment, overrides, secrets, fetch: deps.fetch };
  return takeOver(current, parts, { ...loaded, ...(await resolveValue(loaded.value, request)) });
}

async function takeOver(current: Current, { options, routing, swap }: ReloadParts, loaded: Loaded): Promise<Fault[]> {
  const { log } = options.deps;
  if (!loaded.config) {
    for (const { file, path, message } of loaded.faults)
      log("error", "configuration not reloaded", { file, path, fault: message });
    return loaded.faults;
  }
  const file = loaded.config;
  try {
    const prepared = await prepareSwap(current, { file, layered: routing.layer(file) }, swap);
    prepared.apply();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log("error", "configuration not reloaded", { fault: message });
    return [{ path: "", message }];
  }
  current.loaded = loaded;
  log("info", "configuration reloaded", { file: loaded.file });
  warnOfAccess(current.gateway, options.deps);
  return [];
}

export function warnOfAccess(gateway: Gateway, { log }: Deps): void {
  for (const warning of gateway.access().warnings) log("warn", warning);
}
