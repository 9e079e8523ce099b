/**
 * Judges a provider or model that was made by API, by the rules of the file and with its words; paths begin with its own
 * fields. On top of the file's rules: no references to the environment or to files, which are the operator's and not
 * those of whoever holds a token, and no addresses inside the operator's network.
 */
import type { Deps } from "../../canonical/deps.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { createProvider } from "../../providers/create.ts";
import { addressFault } from "../../providers/network/address-fault.ts";
import { parseServiceAccount } from "../../providers/sign-google.ts";
import type { Config, ModelConfig, ProviderConfig } from "../config.ts";
import type { Fault } from "../fault.ts";
import { inspect } from "../inspect.ts";
import { type Path, printPath } from "../path.ts";
import { providerFaults } from "../provider-faults.ts";
import { referenceFaults } from "../references.ts";
import { toModel, toProvider } from "../resolve-routing.ts";
import type { CheckedSettings } from "../schema.ts";
import { MODELS, PROVIDERS } from "../schema-routing.ts";
import { unsupportedFaults } from "../unsupported.ts";
import { isMask, type Settings, secretPlaces } from "./routing-secrets.ts";

export interface RoutingContext {
  /** By the file alone. */
  file: Config;
  deps: Pick<Deps, "clock" | "fetch" | "random" | "log">;
}

export type Checked<T> = { config: T } | { faults: Fault[] };

export function checkProvider(name: string, settings: Settings, context: RoutingContext): Checked<ProviderConfig> {
  const written = { [name]: settings };
  const found = [
    ...relative([name], inspect(PROVIDERS, written).faults),
    ...relative(["providers", name], unsupportedFaults({ providers: written })),
    ...relative(["providers", name], referenceFaults({ providers: written }, NO_NAMES)),
    ...relative(["providers", name], providerFaults(written)).map(withoutHint),
  ];
  const literal = literalFaults(settings);
  // What a reference lacks of a text is told once.
  const other = found.filter(({ path }) => !literal.some((fault) => path.startsWith(fault.path)));
  const faults = [...other, ...addressFaults(settings, context), ...literal];
  if (faults.length > 0) return { faults };
  const secrets = new Map(secretPlaces(settings).map(({ path, value }) => [printPath(path), String(value)]));
  const setting = settings as NonNullable<CheckedSettings["providers"]>[string];
  const resolved = toProvider(name, setting, (_, __, ...path) => secrets.get(printPath(path)) ?? "");
  const config: ProviderConfig = { ...resolved, origin: "api" };
  const refused = buildFault(config, context);
  return refused ? { faults: [refused] } : { config };
}

/** `names`: what is in force beside it and itself; `models` undefined where bare names are found by rule. */
export function checkModel(
  name: string,
  settings: Settings,
  names: { providers: ReadonlySet<string>; models: ReadonlySet<string> },
  { file }: RoutingContext,
): Checked<ModelConfig> {
  const written = { [name]: settings };
  const known = { ...names, models: file.bareRoutes ? undefined : names.models };
  const fallbacks = Array.isArray(settings["fallbacks"]) ? settings["fallbacks"] : [];
  const dangling = relative(["models", name], referenceFaults({ models: written }, known)).filter(({ path }) => {
    // Where bare names are found by rule, fallbacks are declared models all the same.
    const index = /^fallbacks\[(\d+)\]$/.exec(path)?.[1];
    return index === undefined || !names.models.has(fallbacks[Number(index)]);
  });
  const faults = [...relative([name], inspect(MODELS, written).faults), ...dangling];
  if (faults.length > 0) return { faults };
  const common = file.effective["cache"] as CheckedSettings["cache"];
  return { config: toModel(name, settings as NonNullable<CheckedSettings["models"]>[string], common) };
}

const NO_NAMES = { providers: new Set<string>(), models: undefined };

/** Faults below `base`, from there on; one in the name itself is one of `name`. */
function relative(base: Path, faults: readonly Fault[]): Fault[] {
  const start = printPath(base);
  return faults
    .filter(({ path }) => path.startsWith(start))
    .map((fault) => ({ ...fault, path: fault.path.slice(start.length).replace(/^\./, "") || "name" }));
}

/** The hint is how a file would say it. */
function withoutHint(fault: Fault): Fault {
  return { ...fault, message: fault.message.replace(/, as keys: .*$/, "") };
}

function literalFaults(settings: Settings): Fault[] {
  const faults: Fault[] = [];
  for (const { path, value } of secretPlaces(settings)) {
    const place = printPath(path);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      const message =
        "must be the secret itself, which is stored sealed: only the configuration file may refer to the gateway's environment, files and secrets managers";
      faults.push({ path: place, message });
    } else if (isMask(value)) {
      const message =
        "is the masked form in which a secret is shown; leave it out of a named key to keep that key's secret";
      faults.push({ path: place, message });
    }
  }
  return faults;
}

function addressFaults(settings: Settings, { file }: RoutingContext): Fault[] {
  const places = [{ path: "baseUrl", address: settings["baseUrl"] }];
  // A service account's file says where its token is to be had.
  if (settings["type"] === "vertex") {
    for (const { path, value } of secretPlaces(settings)) {
      const account = path[0] === "keys" && typeof value === "string" ? parseServiceAccount(value) : undefined;
      if (account && "tokenUri" in account) places.push({ path: printPath(path), address: account.tokenUri });
    }
  }
  return places.flatMap(({ path, address }) => {
    // What is no address at all is told by its form.
    const isUrl = typeof address === "string" && /^https?:/i.test(address) && URL.canParse(address);
    const message = isUrl ? addressFault(address, file.server.allowPrivateNetwork) : undefined;
    if (message === undefined) return [];
    return [{ path, message: path === "baseUrl" ? message : `its token_uri ${message}` }];
  });
}

/** What only the provider itself knows to refuse: a region, a service account, characters of a key. */
function buildFault(config: ProviderConfig, { deps }: RoutingContext): Fault | undefined {
  // It would open a port, and refuses nothing but an address.
  if (config.type === "simulated" && config.baseUrl === null) return undefined;
  try {
    createProvider({ ...config, baseUrl: config.baseUrl ?? undefined }, deps);
    return undefined;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { path: error.param ?? "", message: error.message };
  }
}
