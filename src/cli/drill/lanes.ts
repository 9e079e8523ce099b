/**
 * A lane is one way through the configuration: a public model with its targets and fallbacks, as configured, with
 * simulated providers in place of the real ones. Every scenario runs on every lane.
 */
import { resolveBare } from "../../config/bare.ts";
import type { Config, ModelConfig, PriceConfig, ProviderConfig } from "../../config/config.ts";
import { resolveValue } from "../../config/load.ts";
import { isReasoningModel } from "../../providers/reasoning-models.ts";
import { SIMULATED_DIALECTS } from "../../providers/simulated/simulated.ts";
import { VENDORS, type Vendor } from "../../providers/vendors.ts";
import type { ClientDialect } from "./client-dialects.ts";
import type { Limits, Mode } from "./scenario.ts";

export interface Lane {
  /** The public model, and its providers in the order in which they are tried. */
  label: string;
  model: string;
  client: ClientDialect;
  /** Dialect of the first target's provider. */
  upstream: string;
  /** Only what the model needs; addresses are paths yet, keys are stand-ins. */
  config: Config;
  limits: Readonly<Record<Mode, Limits>>;
  /** Another provider is there to move on to. */
  hasFallback: boolean;
  /** Every call goes to the first target first. */
  ordered: boolean;
  /** A cut stream may be continued. */
  continues: boolean;
  /** Keys of the first target's provider. */
  keys: number;
  perTarget: number;
  waitForRetryAfterMs: number;
  /** `fallbackOn` lets content filters move on. */
  filtersMoveOn: boolean;
  /** A fallback is known to have a larger context window. */
  largerContext: boolean;
  /** Whether the provider answers under a name of its own for the model: a deployment's. */
  renames(provider: string): boolean;
  /** Declared price of a target. */
  priceOf(target: string): PriceConfig | undefined;
  /** How the first provider's dialect says that an answer was filtered; absent where it has no word for it. */
  filterWord?: string;
}

export interface LaneOptions {
  client: ClientDialect;
  largerContext?: boolean;
}

/** Undefined when a target's dialect cannot be simulated. */
export async function laneOf(config: Config, model: string, options: LaneOptions): Promise<Lane | undefined> {
  const route = modelsOf(config).find(({ name }) => name === model);
  if (!route) return undefined;
  const models = reachable(route, modelsOf(config));
  const names = [...new Set(models.flatMap(({ targets }) => targets.map(({ provider }) => provider)))];
  const providers = names.map((name) => standIn(config.providers.find((provider) => provider.name === name)!));
  const [first] = providers;
  const upstream = VENDORS.get(first!.type)!.dialect;
  if (!providers.every(({ type }) => SIMULATED_DIALECTS.includes(VENDORS.get(type)!.dialect))) return undefined;
  const hasFallback = providers.length > 1;
  const { resilience } = config;
  return {
    label: `${model}: ${names.join(" → ")}`,
    model,
    client: options.client,
    upstream,
    config: { ...(await blank()), models, providers, bareRoutes: null, resilience, pricing: config.pricing },
    limits: limitsOf(config, route, hasFallback),
    hasFallback,
    ordered: models.every(({ strategy }) => strategy === "fallback"),
    continues: (route.continuation ?? resilience.continuation) === "resume" && hasFallback,
    keys: first!.keys.filter((key) => key.models === undefined).length,
    perTarget: resilience.retries.perTarget,
    waitForRetryAfterMs: resilience.retries.waitForRetryAfterMs,
    filtersMoveOn: resilience.fallbackOn.includes("content_filter"),
    largerContext: options.largerContext ?? false,
    renames: (name) => providers.some((provider) => provider.name === name && provider.deployments !== undefined),
    priceOf: (target) => config.pricing[target],
    filterWord: FILTER_WORDS[upstream],
  };
}

/** Public models that differ in what the drill could show; of several alike the first stands for all. */
export function distinctModels(config: Config): { name: string; others: string[] }[] {
  const groups = new Map<string, { name: string; others: string[] }>();
  for (const model of modelsOf(config)) {
    const shape = JSON.stringify(
      reachable(model, modelsOf(config)).map(({ strategy, targets, timeouts, continuation, affinity }) => ({
        strategy,
        targets: targets.map(({ provider, model: name, weight }) => [provider, isReasoningModel(name), weight]),
        timeouts,
        continuation,
        affinity,
      })),
    );
    const known = groups.get(shape);
    if (known) known.others.push(model.name);
    else groups.set(shape, { name: model.name, others: [] });
  }
  return [...groups.values()];
}

function modelsOf({ models, bareRoutes }: Config): readonly ModelConfig[] {
  if (!bareRoutes) return models;
  return bareRoutes.listed.flatMap((name) => resolveBare(bareRoutes, name) ?? []);
}

/** The model and those it falls back to, each once. */
function reachable(model: ModelConfig, all: readonly ModelConfig[], found: ModelConfig[] = []): ModelConfig[] {
  if (found.includes(model)) return found;
  found.push(model);
  for (const name of model.fallbacks) {
    const next = all.find((one) => one.name === name);
    if (next) reachable(next, all, found);
  }
  return found;
}

/** Everything that is not under test is as if nothing were configured: no cache, no keys, no alerts, a free port. */
async function blank(): Promise<Config> {
  const value = {
    server: { host: "127.0.0.1", port: 0, drainMs: 0 },
    providers: { none: { type: "simulated" } },
    models: { none: ["none/none"] },
    access: { require: "none" },
    telemetry: { metrics: { public: true } },
  };
  const { config, faults } = await resolveValue(value, {
    file: null,
    directory: "/",
    environment: {},
    fetch: (url, init) => fetch(url, init),
  });
  if (!config)
    throw new Error(`The drill's own settings are refused: ${faults.map(({ message }) => message).join("; ")}`);
  return config;
}

/** The provider without anything secret: other keys, no headers of the operator's, an address that is only a path. */
function standIn(provider: ProviderConfig): ProviderConfig {
  const vendor = VENDORS.get(provider.type)!;
  const type = typeFor(vendor);
  const address = provider.baseUrl ?? VENDORS.get(type)!.baseUrl;
  const path = address ? new URL(address).pathname.replace(/\/$/, "") : "";
  const baseUrl = vendor.dialect === "openai-chat" && vendor.type === "simulated" ? "/v1" : path;
  const keys = provider.keys.map((key, index) => ({
    ...key,
    secret: standInSecret(key.secret, `drill-${provider.name}-${index}-`),
  }));
  return { ...provider, type, baseUrl, keys, headers: {}, forwardHeaders: [] };
}

/** A provider that signs in elsewhere first is stood in for by the one that speaks its dialect with a plain key. */
function typeFor({ type, dialect }: Vendor): string {
  if (type === "simulated") return "openai-compatible";
  if (type === "vertex") return [...VENDORS.values()].find((row) => row.dialect === dialect && row.keyHeader)!.type;
  return type;
}

function standInSecret(
  secret: ProviderConfig["keys"][number]["secret"],
  value: string,
): ProviderConfig["keys"][number]["secret"] {
  if (typeof secret === "string") return value;
  return Object.fromEntries(Object.keys(secret).map((name) => [name, value]));
}

const FILTER_WORDS: Readonly<Record<string, string>> = {
  "openai-chat": "content_filter",
  "anthropic-messages": "refusal",
  gemini: "SAFETY",
  "bedrock-converse": "content_filtered",
};

/** INTERFACE's defaults where the operator set none: they depend on the model and on whether a fallback exists. */
const FIRST_TOKEN_MS = 10_000;
const PATIENT_MS = 120_000;

function limitsOf(config: Config, route: ModelConfig, hasFallback: boolean): Lane["limits"] {
  const target = route.targets[0]!;
  const provider = config.providers.find(({ name }) => name === target.provider)!;
  const set = { ...config.resilience.timeouts, ...provider.timeouts, ...route.timeouts };
  const patient = !hasFallback || isReasoningModel(target.model);
  const { idleMs, totalMs } = set;
  return {
    stream: { idleMs, firstMs: set.firstTokenMs ?? (patient ? PATIENT_MS : FIRST_TOKEN_MS) },
    whole: { idleMs, firstMs: set.responseMs ?? (hasFallback ? PATIENT_MS : totalMs) },
  };
}
