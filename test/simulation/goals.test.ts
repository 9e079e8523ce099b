/** What docs/benchmarks.md reports, in small: a change that loses a goal fails here, not in the next report. */
import { describe, expect, test } from "bun:test";
import { runHedge } from "../../scripts/resilience/hedge.ts";
import { runLatency } from "../../scripts/resilience/latency.ts";
import { runRoundRobin, runRouter } from "../../scripts/resilience/quota.ts";

describe("three keys near their limits", () => {
  test.each(["bucket", "window", "silent"] as const)("%s: hardly a 429, and hardly any quota unused", async (form) => {
    const scenario = { form, perMinute: [900, 600, 300], load: 0.95, calls: 6_000, seed: 7 };
    const [ours, theirs] = [await runRouter(scenario), await runRoundRobin(scenario)];
    expect(ours.percent429).toBeLessThan(1);
    expect(ours.goodputPercent).toBeGreaterThan(97);
    expect(ours.answeredPercent).toBeGreaterThan(99);
    expect(theirs.percent429).toBeGreaterThan(10 * ours.percent429);
  });
});

test("a target that turns ten times slower loses its traffic within seconds and gets it back by itself", async () => {
  const figures = await runLatency({ strategy: "latency", callsPerSecond: 10, phaseMs: 60_000, seed: 1 });
  expect(figures.before.slowSharePercent).toBeWithin(25, 42);
  expect(figures.during.slowSharePercent).toBeLessThan(6);
  expect(figures.during.p95FirstMs).toBeLessThan(1_500);
  expect(figures.leftAfterMs).toBeLessThan(5_000);
  expect(figures.backAfterMs).toBeLessThan(30_000);
});

test("hedging cuts the stalls out of the slowest hundredth for three calls more in a hundred", async () => {
  const [off, on] = [
    await runHedge({ hedge: null, calls: 3_000, seed: 1 }),
    await runHedge({ hedge: { afterMs: "p95", budgetPercent: 3 }, calls: 3_000, seed: 1 }),
  ];
  expect(off.p99FirstMs / on.p99FirstMs).toBeGreaterThan(5);
  expect(on.extraPercent).toBeLessThanOrEqual(3);
});
