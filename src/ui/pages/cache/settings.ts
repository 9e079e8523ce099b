/** The cache's settings in force, of the configuration as the admin API shows it. */
import type { CacheSettings } from "./types.ts";

export interface CacheConfig {
  cache: CacheSettings;
  models?: Record<string, { cache?: CacheSettings | false }>;
}

/** Models with settings of their own. */
export function modelsWithOwn({ models = {} }: CacheConfig): string[] {
  return Object.keys(models).filter((model) => models[model]?.cache !== undefined);
}

/** A model's settings lie over the general ones; false: it has no cache. */
export function settingsOf({ cache, models = {} }: CacheConfig, model: string): CacheSettings | false {
  const own = models[model]?.cache;
  if (own === undefined || own === false) return own ?? cache;
  return {
    ...cache,
    ...own,
    exact: { ...cache.exact, ...own.exact },
    ...((cache.semantic || own.semantic) && { semantic: { mode: "shadow", ...cache.semantic, ...own.semantic } }),
  };
}

const DEFAULT_MAX_WRONG_PERCENT = 1;

/** By which rule a model's neighbours are served. */
export function ruleOf(config: CacheConfig, model: string): { mode: string; maxWrongPercent: number } {
  const settings = settingsOf(config, model);
  const semantic = settings === false ? undefined : settings.semantic;
  return {
    mode: semantic?.mode ?? "off",
    maxWrongPercent: semantic?.maxWrongPercent ?? DEFAULT_MAX_WRONG_PERCENT,
  };
}
