import { expect, test } from "bun:test";
import { runBudgets } from "./budget-run.ts";

/** A hundred seeds are `bun scripts/slow/budgets.ts`. */
test.each([1, 2])(
  "kill -9 at random, four levels, dearer fallbacks: no budget is passed (seed %i)",
  async (seed) => {
    const result = await runBudgets({ seed, calls: 150, kills: 2 });
    expect(result.overshoot).toBe(0);
    expect(result.used).toBeGreaterThan(0.95);
    // Of three rounds, two of them killed: calls were served all the same.
    expect(result.admitted).toBeGreaterThan(50);
  },
  120_000,
);
