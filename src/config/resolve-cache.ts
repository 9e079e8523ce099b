/** What is cached and how: defaults applied, a model's own settings laid over the common ones. */
import type { CacheConfig, SemanticConfig } from "./config.ts";
import { CACHE_DEFAULTS } from "./defaults.ts";
import { toBudget } from "./resolve-access.ts";
import type { CheckedSettings } from "./schema.ts";

type CacheSetting = NonNullable<CheckedSettings["cache"]>;
type SemanticSetting = NonNullable<CacheSetting["semantic"]>;

/** What a judge calls as. */
const JUDGE = "cache-judge";

/** Null: nothing is cached. */
export function toCache(setting: CacheSetting | undefined): CacheConfig | null {
  return setting ? resolved(setting, "", JUDGE) : null;
}

/** A model's own settings; false: it is never cached. */
export function toModelCache(
  model: string,
  own: CacheSetting | false,
  common: CacheSetting | undefined,
): CacheConfig | null {
  if (own === false) return null;
  // A judge that the model declares itself has budgets of its own.
  return resolved(laidOver(own, common), model, own.semantic?.judge ? `${JUDGE}:${model}` : JUDGE);
}

function laidOver(own: CacheSetting, common: CacheSetting = {}): CacheSetting {
  return {
    ...common,
    ...own,
    ...((own.exact || common.exact) && { exact: { ...common.exact, ...own.exact } }),
    ...((own.semantic || common.semantic) && { semantic: { ...common.semantic, ...own.semantic } }),
  };
}

function resolved({ exact, semantic, scope }: CacheSetting, space: string, origin: string): CacheConfig {
  return {
    space,
    scope: scope ?? CACHE_DEFAULTS.scope,
    exact: { ...CACHE_DEFAULTS.exact, ...exact },
    semantic: semantic ? toSemantic(semantic, origin) : null,
  };
}

function toSemantic({ judge, mode = CACHE_DEFAULTS.mode, ...bounds }: SemanticSetting, origin: string) {
  if (mode === "off") return null;
  const config: SemanticConfig = {
    ...CACHE_DEFAULTS.semantic,
    ...bounds,
    mode,
    judge: judge
      ? {
          model: judge.model,
          timeoutMs: judge.timeoutMs ?? CACHE_DEFAULTS.judgeTimeoutMs,
          origin,
          budgets: (judge.budgets ?? []).map(toBudget),
        }
      : null,
  };
  return config;
}
