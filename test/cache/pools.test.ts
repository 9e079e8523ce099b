import { describe, expect, test } from "bun:test";
import type { Cell } from "../../src/cache/evidence.ts";
import { createPools, type Namespace } from "../../src/cache/pools.ts";

const namespace: Namespace = { who: "ci", partition: "p", model: "fast", judged: false };
const CELL: Cell = "6/0.90";
const hit = { level: 6, cosine: 0.92 } as const;

function learn(pools: ReturnType<typeof createPools>, right: number, of: Namespace = namespace) {
  for (let i = 0; i < right; i++) pools.add(of, CELL, { wrong: false, whileServing: false, atMs: i });
}

test("nothing is served without evidence, and what the evidence bears with it", () => {
  const pools = createPools({});
  expect(pools.rule(namespace, 1)).toBeUndefined();
  learn(pools, 298);
  expect(pools.rule(namespace, 1)).toBeUndefined();
  learn(pools, 1);
  expect(pools.rule(namespace, 1)?.(hit)).toBe(true);
  expect(pools.rule(namespace, 1)?.({ level: 5, cosine: 0.99 })).toBe(false);
  expect(pools.rule(namespace, 0.5)).toBeUndefined();
});

test.each<Partial<Namespace>>([{ partition: "q" }, { model: "slow" }, { judged: true }])(
  "evidence counts for its own namespace alone, not for %j",
  (other) => {
    const pools = createPools({});
    learn(pools, 300);
    expect(pools.rule({ ...namespace, ...other }, 1)).toBeUndefined();
  },
);

describe("drift", () => {
  const serving = (wrong: boolean) => ({ wrong, whileServing: true, atMs: 77 });

  test("more wrong hits while serving than are allowed end the serving, and the learning begins anew", () => {
    const pools = createPools({});
    learn(pools, 1_000);
    expect(pools.rule(namespace, 1)).toBeDefined();
    for (let i = 0; i < 150; i++) expect(pools.add(namespace, CELL, serving(false))).toBeUndefined();
    const drifted = [1, 2, 3, 4, 5, 6].map(() => pools.add(namespace, CELL, serving(true)));
    expect(drifted).toContain("drift");
    expect(drifted[0]).toBeUndefined();
    const fresh = createPools({});
    for (let i = 0; i < 1_000; i++) fresh.add(namespace, CELL, { wrong: false, whileServing: false, atMs: 0 });
    fresh.rule(namespace, 1);
    expect(fresh.add(namespace, CELL, serving(true))).toBe("drift");
    expect(fresh.rule(namespace, 1)).toBeUndefined();
    expect(fresh.views()).toMatchObject([{ verified: 0, wrong: 0, driftedAtMs: 77 }]);
  });

  test("what was not being served cannot drift", () => {
    const pools = createPools({});
    learn(pools, 300);
    pools.rule(namespace, 1);
    const wrong = { wrong: true, whileServing: false, atMs: 0 };
    expect(pools.add(namespace, CELL, wrong)).toBe("stopped");
    for (let i = 0; i < 50; i++) expect(pools.add(namespace, CELL, wrong)).toBeUndefined();
    expect(pools.rule(namespace, 1)).toBeUndefined();
  });
});

test("what changed is kept, once, and read again", () => {
  const pools = createPools({});
  learn(pools, 299);
  pools.rule(namespace, 1);
  const notes = pools.changed();
  expect(pools.changed()).toEqual({});
  const again = createPools({ ...notes, totals: "{}" });
  expect(again.rule(namespace, 1)?.(hit)).toBe(true);
  expect(again.views()).toMatchObject([{ who: "ci", model: "fast", verified: 299, wrong: 0 }]);
});
