import { describe, expect, test } from "bun:test";
import { cacheOptionsOf, judgeKeys } from "../../src/config/cache-options.ts";
import { resolveSettings } from "../../src/config/resolve.ts";

const context = { file: null, directory: "/work-dir", environment: { A: "sk-a" }, local: { ollamaModels: null } };
const base = {
  providers: { openai: { type: "openai", keys: [{ env: "A" }] } },
  models: { fast: ["openai/gpt-4o-mini"], big: ["openai/gpt-4o"] },
};
const resolve = (settings: object) => resolveSettings({ ...base, ...settings }, context);
const config = (settings: object) => {
  const { config: found, faults } = resolve(settings);
  expect(faults).toEqual([]);
  return found!;
};
const faults = (settings: object) =>
  resolve(settings).faults.map(({ path, message, nearest }) => [path, message, nearest]);

const EXACT = { ttlMs: 3_600_000, maxBytes: 268_435_456 };

describe("what is in force", () => {
  test("without a block nothing is cached", () => {
    expect(config({}).cache).toBeNull();
    expect(cacheOptionsOf(config({}))).toBeUndefined();
  });

  test("an empty block means equal requests; semantic: {} means shadow; off means off", () => {
    expect(config({ cache: {} }).cache).toEqual({ space: "", scope: "key", exact: EXACT, semantic: null });
    expect(config({ cache: { semantic: {} } }).cache!.semantic).toEqual({
      mode: "shadow",
      maxWrongPercent: 1,
      maxTemperature: 1,
      ttlMs: 3_600_000,
      maxEntries: 100_000,
      judge: null,
    });
    expect(config({ cache: { semantic: { mode: "off", ttlMs: 5_000 } } }).cache!.semantic).toBeNull();
  });

  test("small caches and short lives are possible", () => {
    const exact = { ttlMs: 1, maxBytes: 1_000 };
    expect(config({ cache: { exact } }).cache!.exact).toEqual(exact);
  });

  test("a model's own settings lie over the common ones and are a space of their own; false is never", () => {
    const models = {
      ...base.models,
      own: { targets: ["openai/gpt-4o"], cache: { semantic: { mode: "on" } } },
      none: { targets: ["openai/gpt-4o"], cache: false },
    };
    const cached = cacheOptionsOf(config({ models, cache: { exact: { ttlMs: 5_000 }, scope: "team" } }))!;
    expect(cached.optionsOf("own")).toMatchObject({
      space: "own",
      scope: "team",
      exact: { ttlMs: 5_000 },
      semantic: { mode: "on", maxEntries: 100_000 },
    });
    expect(cached.optionsOf("fast")).toMatchObject({ space: "", semantic: null });
    expect(cached.optionsOf("openai/gpt-4o")).toMatchObject({ space: "" });
    expect(cached.optionsOf("none")).toBeNull();
    expect(cached.comparesMeaning).toBe(true);
    expect(cacheOptionsOf(config({ models: { none: models.none } }))).toBeUndefined();
  });

  test("a judge calls as itself, with its own budgets; a model's own judge as another", () => {
    const judge = { model: "fast", budgets: [{ limitUsd: 1, per: "day" }] };
    const models = {
      ...base.models,
      shared: { targets: ["openai/gpt-4o"], cache: { semantic: { mode: "on" } } },
      own: { targets: ["openai/gpt-4o"], cache: { semantic: { judge: { model: "openai/gpt-4o" } } } },
    };
    const found = config({ models, cache: { semantic: { mode: "on", judge } } });
    expect(found.cache!.semantic!.judge).toMatchObject({ model: "fast", timeoutMs: 3_000, origin: "cache-judge" });
    const keys = judgeKeys(found);
    expect(keys.map(({ id }) => id)).toEqual(["internal:cache-judge", "internal:cache-judge:own"]);
    expect(keys[0]!.budgets).toMatchObject([{ limitNanoUsd: 1_000_000_000, per: "day" }]);
  });

  test("is shown in the file's own form", () => {
    const judge = { model: "fast", budgets: [{ limitUsd: 1, per: "day" }] };
    expect(config({ cache: { semantic: { judge } } }).effective["cache"]).toEqual({
      exact: EXACT,
      scope: "key",
      semantic: {
        mode: "shadow",
        maxWrongPercent: 1,
        maxTemperature: 1,
        ttlMs: 3_600_000,
        maxEntries: 100_000,
        judge: { ...judge, timeoutMs: 3_000 },
      },
    });
  });
});

describe("faults", () => {
  const judging = (model: string) => ({ cache: { semantic: { judge: { model } } } });
  test("a judge must exist", () => {
    expect(faults(judging("fst"))).toEqual([["cache.semantic.judge.model", 'no model "fst"', "fast"]]);
    expect(faults(judging("opnai/gpt-4o"))).toMatchObject([
      ["cache.semantic.judge.model", expect.any(String), "openai/gpt-4o"],
    ]);
    expect(faults(judging("f*"))).toMatchObject([
      ["cache.semantic.judge.model", "is a pattern, not a model", undefined],
    ]);
    const models = { ...base.models, own: { targets: ["openai/gpt-4o"], ...judging("nobody") } };
    expect(faults({ models })).toMatchObject([
      ["models.own.cache.semantic.judge.model", 'no model "nobody"', undefined],
    ]);
  });

  test.each([
    [{ cache: { exact: { ttlMs: 0 } } }, "cache.exact.ttlMs"],
    [{ cache: { semantic: { mode: "On" } } }, "cache.semantic.mode"],
    [{ cache: { semantic: { maxWrongPercent: 0 } } }, "cache.semantic.maxWrongPercent"],
    [{ cache: { semantc: {} } }, "cache.semantc"],
    [{ cache: { semantic: { judge: {} } } }, "cache.semantic.judge.model"],
  ])("%j at %s", (settings, path) => {
    expect(faults(settings).map(([place]) => place)).toEqual([path]);
  });
});
