/** Makes a provider from its options: a vendor's row, an address, keys and the operator's own headers. */
import type { Clock, Fetch, Log, Random } from "../canonical/deps.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { DIALECTS } from "../dialects/index.ts";
import { openaiCompletions } from "../dialects/openai-completions/openai-completions.ts";
import { openaiResponses } from "../dialects/openai-responses/openai-responses.ts";
import { azureSurface } from "./azure.ts";
import { baseUrlOf } from "./base-url.ts";
import { bedrockSurface } from "./bedrock.ts";
import { headerWriter } from "./headers.ts";
import { offeredForm } from "./operations.ts";
import type { Provider, ProviderKey } from "./provider.ts";
import { type ProviderOptions, providerFault } from "./provider-options.ts";
import { startSimulated } from "./simulated/simulated.ts";
import { completes, traitsOf, VENDORS, type Vendor } from "./vendors.ts";
import { vertexSurface } from "./vertex.ts";

export interface ProviderDeps {
  clock: Clock;
  /** For access tokens. */
  fetch: Fetch;
  random: Random;
  log: Log;
}

/** Keyless servers have one key in their pool, so that it has one channel; it is never sent. */
const NO_KEY: ProviderKey = { name: "none", secret: "", weight: 1 };

/** Throws GatewayError("invalid_request") whose `param` is the option at fault. */
export function createProvider(options: ProviderOptions, deps: ProviderDeps): Provider {
  const vendor = VENDORS.get(options.type);
  if (!vendor)
    throw providerFault(
      options,
      "type",
      `"${options.type}" is no provider type; there are ${[...VENDORS.keys()].join(", ")}`,
    );
  if (vendor.type === "simulated") return simulatedProvider(options, vendor, deps);
  if (vendor.type === "vertex") return vertexProvider(options, vendor, deps);
  if (vendor.type === "bedrock") return bedrockProvider(options, vendor, deps);
  return remoteProvider(options, vendor, dialectOf(options, vendor));
}

function remoteProvider(options: ProviderOptions, vendor: Vendor, dialect: Dialect): Provider {
  const baseUrl = baseUrlOf(options, vendor);
  const azure = vendor.type === "azure-openai" ? azureSurface(options) : undefined;
  const speaksResponses = vendor.responses === true && azure?.dated !== true;
  return {
    name: options.name,
    type: vendor.type,
    keys: keysOf(options, vendor),
    dialectFor(operation, model, preferred) {
      if (operation !== "chat") return undefined;
      if (preferred === openaiCompletions.name && completes(vendor, model)) return openaiCompletions;
      return preferred === openaiResponses.name && speaksResponses ? openaiResponses : dialect;
    },
    offer(operation, model) {
      const form = offeredForm(operation, vendor, model);
      if (!form) return undefined;
      return { dialect: form.dialect, url: azure ? azure.url(baseUrl, form.path, model) : baseUrl + form.path };
    },
    traits: (model) => (azure ? azure.traits(vendor, model) : traitsOf(vendor, model)),
    url(spoken, model, stream) {
      const path = spoken.requestPath(model, stream);
      return azure ? azure.url(baseUrl, path, model) : baseUrl + path;
    },
    headers: headerWriter(options, vendor),
    timeouts: options.timeouts,
  };
}

function vertexProvider(options: ProviderOptions, vendor: Vendor, deps: ProviderDeps): Provider {
  const surface = vertexSurface(options, vendor, deps);
  const baseUrl = baseUrlOf({ ...options, baseUrl: options.baseUrl ?? surface.baseUrl }, vendor);
  return {
    name: options.name,
    type: vendor.type,
    keys: keysOf(options, vendor),
    dialectFor: (operation, model) => (operation === "chat" ? surface.dialectFor(model) : undefined),
    offer(operation, model) {
      const form = surface.dialectFor(model).name === vendor.dialect && offeredForm(operation, vendor, model);
      return form ? { dialect: form.dialect, url: surface.operationUrl(baseUrl, model, form.path) } : undefined;
    },
    traits: surface.traits,
    url: (_spoken, model, stream) => surface.url(baseUrl, model, stream),
    headers: surface.authorize(headerWriter(options, vendor)),
    timeouts: options.timeouts,
  };
}

function bedrockProvider(options: ProviderOptions, vendor: Vendor, deps: ProviderDeps): Provider {
  const surface = bedrockSurface(options, deps);
  const baseUrl = options.baseUrl ?? surface.baseUrl;
  const provider = remoteProvider({ ...options, baseUrl }, vendor, dialectOf(options, vendor));
  return { ...provider, headers: surface.authorize(provider.headers) };
}

/** A provider that is its own upstream, on a loopback port of its own, until it is closed. */
function simulatedProvider(options: ProviderOptions, vendor: Vendor, deps: ProviderDeps): Provider {
  if (options.baseUrl !== undefined) throw providerFault(options, "baseUrl", "a simulated provider has no baseUrl");
  const name = options.simulated?.dialect ?? vendor.dialect;
  const model = [...VENDORS.values()].find(
    (row) => (row.dialect === name || (row.responses && name === openaiResponses.name)) && row.type !== "simulated",
  );
  const row: Vendor = { ...vendor, dialect: name, ...(model && wireFormOf(model)) };
  const dialect = dialectOf(options, row);
  const keys = options.keys?.flatMap(({ secret }) => (typeof secret === "string" ? [secret] : []));
  // Whoever tries the gateway out sends what he likes; tests ask for the real provider's strictness.
  const server = startSimulated(
    { name: options.name, strict: false, ...(keys?.length && { keys }), ...options.simulated, dialect: name },
    deps,
  );
  const baseUrl = model?.baseUrl?.endsWith("/v1") ? `${server.url}/v1` : server.url;
  return { ...remoteProvider({ ...options, baseUrl }, row, dialect), close: server.stop };
}

/** How the vendor that a dialect is named after signs and versions its requests. */
function wireFormOf({ keyHeader, headers, clientHeaders, traits }: Vendor): Partial<Vendor> {
  return { keyHeader, headers, clientHeaders, traits };
}

function dialectOf(options: ProviderOptions, vendor: Vendor): Dialect {
  const dialect = DIALECTS.find(({ name }) => name === vendor.dialect);
  if (!dialect) throw providerFault(options, "type", `type "${vendor.type}" is not in this version`);
  return dialect;
}

function keysOf(options: ProviderOptions, vendor: Vendor): readonly ProviderKey[] {
  const keys = options.keys ?? [];
  if (keys.length > 0) return keys;
  // A vendor's row with another address is somebody's own server, which may well be open.
  const ownServer = options.baseUrl !== undefined && vendor.baseUrl !== undefined;
  if (vendor.keyOptional || ownServer) return [NO_KEY];
  throw providerFault(options, "keys", `type "${vendor.type}" needs at least one key`);
}
