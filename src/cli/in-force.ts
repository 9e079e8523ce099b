/** What is in force, and how something else takes its place: built beside it, one reference swapped, the old drained. */
import type { Cache } from "../cache/cache.ts";
import type { Deps } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import { cacheOptionsOf } from "../config/cache-options.ts";
import type { Config } from "../config/config.ts";
import type { Prepared } from "../config/dynamic/routing-book.ts";
import type { LayeredRouting } from "../config/layered-routing.ts";
import { createGateway, type Gateway, type Lasting } from "../gateway.ts";
import { isLoopback } from "../policies/address-ranges.ts";
import { StartError } from "./start-error.ts";

export interface InForce {
  gateway: Gateway;
  /** By the file alone. */
  file: Config;
  /** With what was made by API over it. */
  layered: LayeredRouting;
}

export interface SwapParts {
  lasting: Lasting;
  /** Where the process listens, which no reload changes. */
  boundHost: string;
  /** After a configuration has taken the place of another. */
  onApplied(config: Config): void;
}

/** Rejects with an error whose message is for the operator; nothing has changed then. `file`: the one it was layered over. */
export async function prepareSwap(
  current: InForce,
  { file, layered }: Pick<InForce, "file" | "layered">,
  { lasting, boundHost, onApplied }: SwapParts,
): Promise<Prepared> {
  const { deps, budgets, cache, health } = lasting;
  await openCache(cache, layered.config);
  const next = createGateway(layered.config, lasting);
  try {
    const refused = openBindFault(boundHost, next);
    if (refused !== undefined) throw new GatewayError("invalid_request", refused);
    await budgets.load(next.governed().budgets);
  } catch (error) {
    await next.close();
    throw error;
  }
  return {
    abandon: () => next.close(),
    apply() {
      const old = { ...current };
      // Keys may have changed while this one waited for its row to be written.
      next.accessChanged();
      Object.assign(current, { gateway: next, file, layered } satisfies InForce);
      // A new key, or credit added: whoever changes the configuration gives refused and spent keys another chance.
      for (const reason of ["auth", "quota_exhausted"] as const) health.rests.clearReason(reason);
      const known = new Set(old.layered.warnings);
      for (const warning of layered.warnings) if (!known.has(warning)) deps.log("warn", warning);
      void closeWhenIdle(old.gateway, deps);
      onApplied(layered.config);
    },
  };
}

/** The thread and its file are there once anything is cached, and not before. */
export async function openCache(cache: Cache | undefined, config: Config): Promise<void> {
  if (cacheOptionsOf(config)) await cache?.open();
}

/** Beyond loopback anybody in the network could spend the operator's money, so nothing is open there by default. */
export function openBindFault(host: string, gateway: Gateway): string | undefined {
  if (isLoopback(host) || gateway.access().require === "key") return undefined;
  return (
    `Refusing to listen on ${host}: it can be reached from other machines and no virtual key is required.\n` +
    "Declare a key under access.keys or make one with `evergate keys create` (keys are then required), or listen on 127.0.0.1."
  );
}

const IDLE_CHECK_MS = 100;

async function closeWhenIdle(old: Gateway, { clock }: Deps): Promise<void> {
  while (old.inFlight() > 0) await new Promise<void>((resolve) => void clock.after(IDLE_CHECK_MS, resolve));
  await old.close();
}

/** For the first one. Throws StartError. */
export function build(config: Config, parts: Lasting): Gateway {
  try {
    return createGateway(config, parts);
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
}
