/** The cache's slice of a configuration, and the budgets of its judges. */
import type { StageOptions } from "../cache/cache.ts";
import type { CacheConfig, Config } from "./config.ts";
import type { GovernedAccess } from "./governed.ts";

/** Undefined when nothing is cached at all. */
export function cacheOptionsOf({
  cache,
  models,
}: Config): Pick<StageOptions, "optionsOf" | "comparesMeaning"> | undefined {
  const own = new Map(
    models.flatMap(({ name, cache: ownCache }) => (ownCache === undefined ? [] : [[name, ownCache]])),
  );
  const all = [cache, ...own.values()].filter((one) => one !== null);
  if (all.length === 0) return undefined;
  return {
    optionsOf(model) {
      const ownCache = own.get(model);
      return ownCache === undefined ? cache : ownCache;
    },
    comparesMeaning: all.some(({ semantic }) => semantic !== null),
  };
}

/** Principals of the gateway itself, as keys with budgets. */
export function judgeKeys({ cache, models }: Config): GovernedAccess["keys"] {
  const caches = [cache, ...models.map((model) => model.cache)].filter((one): one is CacheConfig => !!one);
  const judges = new Map(
    caches.flatMap(({ semantic }) => (semantic?.judge ? [[semantic.judge.origin, semantic.judge] as const] : [])),
  );
  return [...judges.values()].map(({ origin, budgets }) => ({
    id: internalId(origin),
    // No virtual key can have a name with white space: their budgets are never taken for each other's.
    name: `${origin} (internal)`,
    budgets,
    limits: {},
    perUser: { budgets: [], limits: {} },
  }));
}

/** Id of the principal that calls for a part of the gateway. */
export function internalId(origin: string): string {
  return `internal:${origin}`;
}
