/** Access and prices: defaults applied, money in nano-USD. The settings have passed every check. */
import type { AccessConfig, AccessLevelConfig, BudgetConfig, PriceConfig } from "./config.ts";
import { toNanoUsd } from "./money.ts";
import type { SecretAt } from "./resolve-routing.ts";
import type { CheckedSettings } from "./schema.ts";

type AccessSetting = NonNullable<CheckedSettings["access"]>;
type LevelSetting = NonNullable<AccessSetting["customers"]>[string];
type BudgetSetting = NonNullable<LevelSetting["budgets"]>[number];

export function toAccess(setting: AccessSetting = {}, secretAt: SecretAt): AccessConfig {
  const keys = Object.entries(setting.keys ?? {});
  return {
    require: setting.require ?? (keys.length > 0 ? "key" : "none"),
    requireIsWritten: setting.require !== undefined,
    budgets: (setting.budgets ?? []).map(toBudget),
    limits: { ...setting.limits },
    customers: Object.entries(setting.customers ?? {}).map(([name, level]) => ({ name, ...toLevel(level) })),
    teams: Object.entries(setting.teams ?? {}).map(([name, level]) => ({
      name,
      customer: level.customer ?? null,
      ...toLevel(level),
    })),
    keys: keys.map(([name, key]) => ({
      name,
      secret: secretAt("access", "keys", name, "secret"),
      team: key.team ?? null,
      customer: key.customer ?? null,
      ...toLevel(key),
    })),
  };
}

export function toLevel(level: LevelSetting): AccessLevelConfig {
  return {
    budgets: (level.budgets ?? []).map(toBudget),
    limits: { ...level.limits },
    perUser: { budgets: (level.perUser?.budgets ?? []).map(toBudget), limits: { ...level.perUser?.limits } },
    models: level.models ?? null,
    providers: level.providers ?? null,
    tags: level.tags ?? {},
    expiresMs: level.expires === undefined ? null : Date.parse(level.expires),
    ips: level.ips ?? null,
    disabled: level.disabled ?? false,
  };
}

export function toBudget(setting: BudgetSetting): BudgetConfig {
  return {
    limitNanoUsd: nano(setting.limitUsd),
    per: setting.per,
    model: setting.model ?? null,
    provider: setting.provider ?? null,
    rolling: setting.rolling ?? false,
  };
}

export function toPrice(setting: NonNullable<CheckedSettings["pricing"]>[string]): PriceConfig {
  const optional = (usd: number | undefined) => (usd === undefined ? undefined : nano(usd));
  return {
    inputPerMillionNanoUsd: nano(setting.inputPerMillionUsd),
    outputPerMillionNanoUsd: nano(setting.outputPerMillionUsd),
    cacheReadPerMillionNanoUsd: optional(setting.cacheReadPerMillionUsd),
    cacheWritePerMillionNanoUsd: optional(setting.cacheWritePerMillionUsd),
    reasoningPerMillionNanoUsd: optional(setting.reasoningPerMillionUsd),
    perRequestNanoUsd: optional(setting.perRequestUsd),
  };
}

/** The schema refuses amounts that are no whole nano-USD. */
function nano(usd: number): number {
  const amount = toNanoUsd(usd);
  if (amount === undefined) throw new Error("an amount that no check let through");
  return amount;
}
