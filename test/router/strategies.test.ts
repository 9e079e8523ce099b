import { describe, expect, test } from "bun:test";
import { createKeyPool } from "../../src/router/keys.ts";
import { createStrategy, smoothWeighted } from "../../src/router/strategies.ts";

const target = (name: string, weight = 1) => ({ target: { name, provider: name, model: "m" }, weight });
const names = (items: readonly { target: { name: string } }[]) => items.map((item) => item.target.name).join(" ");

describe("strategies", () => {
  test("fallback keeps the order every time", () => {
    const order = createStrategy("fallback", [target("a"), target("b"), target("c")]);
    expect([names(order()), names(order())]).toEqual(["a b c", "a b c"]);
  });

  test("round-robin starts one further each time and still lists all", () => {
    const order = createStrategy("round-robin", [target("a"), target("b"), target("c")]);
    expect([names(order()), names(order()), names(order()), names(order())]).toEqual([
      "a b c",
      "b c a",
      "c a b",
      "a b c",
    ]);
  });

  test("weighted gives exact shares over a cycle and never drops a target", () => {
    const order = createStrategy("weighted", [target("a", 3), target("b", 1)]);
    const firsts = Array.from({ length: 8 }, () => order());
    expect(firsts.map((o) => o[0]!.target.name).filter((n) => n === "a")).toHaveLength(6);
    for (const o of firsts) expect(o).toHaveLength(2);
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

  test("a provider without keys has one that is none", () => {
    expect(createKeyPool([]).pick("m", any)).toMatchObject({ name: "none", secret: "" });
  });
});
