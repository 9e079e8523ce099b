import { describe, expect, test } from "bun:test";
import { createKeyPool } from "../../src/router/keys.ts";
import { createStrategy, type Scorer, type StrategyName, smoothWeighted } from "../../src/router/strategies.ts";
import { seededRandom } from "../support/seeded-random.ts";

const target = (name: string, weight = 1) => ({ target: { name, provider: name, model: "m" }, weight });
const DEMAND = { inputTokens: 1_000, outputTokens: 100 };

interface Known {
  loads?: Record<string, number>;
  busy?: Record<string, number>;
  costs?: Record<string, number | null>;
}
const scorer = ({ loads = {}, busy = {}, costs = {} }: Known = {}): Scorer => ({
  load: ({ name }) => loads[name] ?? 1_000,
  inFlight: ({ name }) => busy[name] ?? 0,
  costNanoUsd: ({ name }) => costs[name] ?? null,
});

function orders(
  name: StrategyName,
  targets: ReturnType<typeof target>[],
  times: number,
  known: Known = {},
  affinity?: number,
): string[] {
  const random = seededRandom(1);
  const order = createStrategy(name, targets);
  return Array.from({ length: times }, () => {
    const seed = Math.floor(random() * 2 ** 32);
    const { targets: found } = order(scorer(known), { seed, affinity, demand: DEMAND });
    return found.map((item) => item.target.name).join(" ");
  });
}
const firsts = (found: string[]) => found.map((order) => order.split(" ")[0]!);
const share = (found: string[], name: string) => firsts(found).filter((one) => one === name).length / found.length;

describe("strategies", () => {
  const abc = [target("a"), target("b"), target("c")];

  test("fallback keeps the order every time", () => {
    expect(orders("fallback", abc, 2)).toEqual(["a b c", "a b c"]);
  });

  test("round-robin starts one further each time and still lists all", () => {
    expect(orders("round-robin", abc, 4)).toEqual(["a b c", "b c a", "c a b", "a b c"]);
  });

  test("weighted gives exact shares over a cycle and never drops a target", () => {
    const found = orders("weighted", [target("a", 3), target("b", 1)], 8);
    expect(share(found, "a")).toBe(0.75);
    for (const order of found) expect(order.split(" ")).toHaveLength(2);
  });

  test("cost: the cheapest first, unknown prices last, equal ones as written", () => {
    expect(orders("cost", abc, 1, { costs: { a: 9, b: 3, c: 5 } })).toEqual(["b c a"]);
    expect(orders("cost", abc, 1, { costs: { b: 3 } })).toEqual(["b a c"]);
    expect(orders("cost", abc, 1)).toEqual(["a b c"]);
  });

  test("least-busy: fewest calls in flight for its weight; equally busy ones take turns", () => {
    expect(new Set(firsts(orders("least-busy", abc, 20, { busy: { a: 2, b: 1, c: 3 } })))).toEqual(new Set(["b"]));
    const heavy = [target("a", 4), target("b", 1)];
    expect(firsts(orders("least-busy", heavy, 1, { busy: { a: 3, b: 1 } }))).toEqual(["a"]);
    for (const name of ["a", "b", "c"]) expect(share(orders("least-busy", abc, 300), name)).toBeGreaterThan(0.2);
  });

  test("latency: the worst is never first, the best of any two is, and unequal weights shift the load", () => {
    const found = orders("latency", abc, 300, { loads: { a: 300, b: 600, c: 3_000 } });
    expect(share(found, "c")).toBe(0);
    expect(share(found, "a")).toBeGreaterThan(0.55);
    expect(share(found, "b")).toBeGreaterThan(0.2);
    const weighted = orders("latency", [target("a", 3), target("b")], 10, { loads: { a: 1_000, b: 500 } });
    expect(share(weighted, "a")).toBe(1);
  });

  test.each(["weighted", "round-robin", "latency", "least-busy"] as const)(
    "%s: a conversation stays with one target while that keeps up, and leaves it softly",
    (name) => {
      const homes = Array.from({ length: 60 }, (_, affinity) => {
        const found = new Set(firsts(orders(name, abc, 10, {}, affinity)));
        expect(found.size).toBe(1);
        return [...found][0]!;
      });
      expect(new Set(homes).size).toBe(3);
      const home = homes[5]!;
      const twice = { loads: { [home]: 1_999 }, busy: { [home]: 1 } };
      expect(share(orders(name, abc, 50, twice, 5), home)).toBe(1);
      const more = { loads: { [home]: 2_001 }, busy: { [home]: 2 } };
      expect(share(orders(name, abc, 50, more, 5), home)).toBe(0);
    },
  );

  test.each(["fallback", "cost"] as const)("%s keeps its order for conversations too", (name) => {
    const costs = { a: 1, b: 2, c: 3 };
    for (let affinity = 0; affinity < 20; affinity++)
      expect(orders(name, abc, 1, { costs }, affinity)).toEqual(["a b c"]);
  });

  test("turns of calls without a conversation stay exact between those with one", () => {
    const order = createStrategy("weighted", [target("a", 3), target("b", 1)]);
    const found: string[] = [];
    for (let i = 0; i < 16; i++) {
      const { targets } = order(scorer(), { seed: i, affinity: i % 2 ? i : undefined, demand: DEMAND });
      if (i % 2 === 0) found.push(targets[0]!.target.name);
    }
    expect(found.filter((name) => name === "a")).toHaveLength(6);
  });

  test("smooth weights spread the heavy one instead of bunching it", () => {
    const pick = smoothWeighted([{ weight: 5 }, { weight: 1 }, { weight: 1 }]);
    expect(Array.from({ length: 7 }, () => pick())).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });
});

describe("key pool", () => {
  const key = (name: string, extra: object = {}) => ({ name, secret: "s", weight: 1, ...extra });
  const any = () => true;

  test("takes turns by weight", () => {
    const pool = createKeyPool([key("a"), key("b", { weight: 2 })]);
    const picked = Array.from({ length: 6 }, () => pool.pick("m", any)!.name);
    expect(picked.filter((name) => name === "b")).toHaveLength(4);
  });

  test.each([
    ["gpt-4o-mini", ["a", "b"]],
    ["gpt-4x", ["b"]],
    ["xgpt-4o", ["b"]],
    ["gpt.4o", ["b"]],
  ])("model lists are globs: %s is served by %p", (model, expected) => {
    const pool = createKeyPool([key("a", { models: ["gpt-4o*", "o1"] }), key("b")]);
    expect(pool.serving(model).map((k) => k.name)).toEqual(expected);
  });

  test("passes over what is not usable, and says so when nothing is", () => {
    const pool = createKeyPool([key("a"), key("b")]);
    expect(pool.pick("m", (k) => k.name === "b")!.name).toBe("b");
    expect(pool.pick("m", () => false)).toBeUndefined();
  });

  test("a conversation stays with one key while that is no busier than twice the other; conversations spread", () => {
    const pool = createKeyPool([key("a"), key("b"), key("c")]);
    const load: Record<string, number> = { a: 1, b: 1, c: 1 };
    const pickFor = (affinity: number, seed: number) =>
      pool.pick("m", any, { affinity, seed, load: ({ name }) => load[name]! })!.name;
    const homes = Array.from({ length: 60 }, (_, affinity) => pickFor(affinity, affinity));
    expect(new Set(homes).size).toBe(3);
    for (let seed = 0; seed < 20; seed++) expect(pickFor(5, seed)).toBe(homes[5]!);
    load[homes[5]!] = 3;
    for (let seed = 0; seed < 20; seed++) expect(pickFor(5, seed)).not.toBe(homes[5]!);
  });

  test("a conversation moves only when its own key goes", () => {
    const names = ["a", "b", "c", "d"];
    const pool = createKeyPool(names.map((name) => key(name)));
    const homeOf = (affinity: number, without?: string) =>
      pool.pick("m", ({ name }) => name !== without, { affinity, seed: 0, load: () => 1 })!.name;
    for (let affinity = 0; affinity < 50; affinity++) {
      const home = homeOf(affinity);
      for (const gone of names) if (gone !== home) expect(homeOf(affinity, gone)).toBe(home);
    }
  });

  test("a provider without keys has one that is none", () => {
    expect(createKeyPool([]).pick("m", any)).toMatchObject({ name: "none", secret: "" });
  });
});
