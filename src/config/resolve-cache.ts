/** What is cached and how: defaults applied, a model's own settings laid over the common ones. */
import type { CacheConfig, SemanticConfig } from "./config.ts";
import { CACHE_DEFAULTS } from "./defaults.ts";
import { toBudget } from "./resolve-access.ts";
import type { CheckedSettings } from "./schema.ts";

type CacheSetting = NonNullable<CheckedSettings["cache"]>;
type SemanticSetting = NonNullable<CacheSetting["semantic"]>;

/** Null: nothing is cached. */
export function toCache(setting: CacheSetting | undefined): CacheConfig | null {
  return setting ? resolved(setting, "") : null;
}

/** A model's own settings; false: it is never cached. */
export function toModelCache(
  model: string,
  own: CacheSetting | false,
  common: CacheSetting | undefined,
): CacheConfig | null {
  return own === false ? null : resolved(laidOver(own, common), model);
}

function laidOver(own: CacheSetting, common: CacheSetting = {}): CacheSetting {
  return {
    ...common,
    ...own,
    ...((own.exact || common.exact) && { exact: { ...common.exact, ...own.exact } }),
    ...((own.semantic || common.semantic) && { semantic: { ...common.semantic, ...own.semantic } }),
  };
}

function resolved({ exact, semantic, scope }: CacheSetting, space: string): CacheConfig {
  return {
    space,
    scope: scope ?? CACHE_DEFAULTS.scope,
    exact: { ...CACHE_DEFAULTS.exact, ...exact },
    semantic: semantic ? toSemantic(semantic, space) : null,
  };
}

function toSemantic({ judge, mode = CACHE_DEFAULTS.mode, ...bounds }: SemanticSetting, space: string) {
  if (mode === "off") return null;
  const config: SemanticConfig = {
    ...CACHE_DEFAULTS.semantic,
    ...bounds,
    mode,
    judge: judge
      ? {
          model: judge.model,
          timeoutMs: judge.timeoutMs ?? CACHE_DEFAULTS.judgeTimeoutMs,
          origin: space === "" ? "cache-judge" : `cache-judge:${space}`,
          budgets: (judge.budgets ?? []).map(toBudget),
        }
      : null,
  };
  return config;
}
