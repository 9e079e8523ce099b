/** Providers, models and resilience: short forms written out, defaults applied. The settings have passed every check. */
import type { ProviderKey, Timeouts } from "../providers/provider.ts";
import type { ModelConfig, ModelTarget, ProviderConfig, ResilienceConfig } from "./config.ts";
import {
  AFFINITY_DEFAULT,
  AZURE_API_VERSION,
  BREAKER_DEFAULTS,
  CONTINUATION_DEFAULT,
  HEDGE_DEFAULTS,
  RETRY_DEFAULTS,
  TIMEOUT_DEFAULTS,
} from "./defaults.ts";
import type { Path } from "./path.ts";
import { keyName } from "./references.ts";
import { toModelCache } from "./resolve-cache.ts";
import type { CheckedSettings } from "./schema.ts";

type Settings = CheckedSettings;
type ProviderSetting = NonNullable<Settings["providers"]>[string];
type KeySetting = NonNullable<ProviderSetting["keys"]>[number];
type ModelSetting = NonNullable<Settings["models"]>[string];

/** The secret written at this place. */
export type SecretAt = (...path: Path) => string;

export function toProvider(name: string, setting: ProviderSetting, secretAt: SecretAt): ProviderConfig {
  const headers: Record<string, string> = {};
  for (const header of Object.keys(setting.headers ?? {})) {
    headers[header.toLowerCase()] = secretAt("providers", name, "headers", header);
  }
  const base = {
    name,
    type: setting.type,
    baseUrl: setting.baseUrl?.replace(/\/+$/, "") ?? null,
    keys: (setting.keys ?? []).map((key, index) =>
      toKey(key, index, (...rest) => secretAt("providers", name, "keys", index, ...rest)),
    ),
    headers,
    forwardHeaders: (setting.forwardHeaders ?? []).map((header) => header.toLowerCase()),
    timeouts: toTimeouts(setting.timeouts),
  };
  switch (setting.type) {
    case "azure-openai":
      return { ...base, apiVersion: setting.apiVersion ?? AZURE_API_VERSION, deployments: setting.deployments ?? {} };
    case "bedrock":
      return { ...base, region: setting.region };
    case "vertex":
      return { ...base, project: setting.project, location: setting.location };
    default:
      return base;
  }
}

function toKey(setting: KeySetting, index: number, secretAt: SecretAt): ProviderKey {
  if (typeof setting === "string" || !("secret" in setting || "accessKeyId" in setting)) {
    return { name: keyName(index), secret: secretAt(), weight: 1 };
  }
  const { name = keyName(index), weight = 1, models } = setting;
  const options = { name, weight, ...(models && { models }) };
  if ("secret" in setting) return { ...options, secret: secretAt("secret") };
  const secret: Record<string, string> = {
    accessKeyId: secretAt("accessKeyId"),
    secretAccessKey: secretAt("secretAccessKey"),
  };
  if (setting.sessionToken !== undefined) secret["sessionToken"] = secretAt("sessionToken");
  return { ...options, secret };
}

export function toModel(name: string, setting: ModelSetting, cache: Settings["cache"]): ModelConfig {
  const long = Array.isArray(setting) ? { targets: setting } : (setting as Exclude<ModelSetting, string[]>);
  return {
    name,
    strategy: long.strategy ?? "fallback",
    targets: long.targets.map((target) =>
      typeof target === "string" ? toTarget(target, 1) : toTarget(target.target, target.weight ?? 1),
    ),
    fallbacks: long.fallbacks ?? [],
    timeouts: toTimeouts(long.timeouts),
    affinity: long.affinity ?? AFFINITY_DEFAULT,
    ...(long.continuation !== undefined && { continuation: long.continuation }),
    ...(long.contextTokens !== undefined && { contextTokens: long.contextTokens }),
    ...(long.cache !== undefined && { cache: toModelCache(name, long.cache, cache) }),
  };
}

function toTarget(target: string, weight: number): ModelTarget {
  const slash = target.indexOf("/");
  return { target, provider: target.slice(0, slash), model: target.slice(slash + 1), weight };
}

export function toResilience(setting: NonNullable<Settings["resilience"]> = {}): ResilienceConfig {
  const breaker = { ...BREAKER_DEFAULTS, ...setting.breaker };
  return {
    timeouts: { ...TIMEOUT_DEFAULTS, ...setting.timeouts },
    retries: { ...RETRY_DEFAULTS, ...setting.retries },
    fallbackOn: setting.fallbackOn ?? [],
    // The default must not undercut a first rest that the operator made longer.
    breaker: { ...breaker, maxOpenMs: Math.max(breaker.maxOpenMs, breaker.openMs) },
    hedge: setting.hedge ? { ...HEDGE_DEFAULTS, ...setting.hedge } : null,
    continuation: setting.continuation ?? CONTINUATION_DEFAULT,
  };
}

function toTimeouts(setting: Partial<Timeouts> = {}): Partial<Timeouts> {
  return { ...setting };
}
