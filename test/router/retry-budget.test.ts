import { describe, expect, test } from "bun:test";
import type { Admission, AttemptPlan } from "../../src/canonical/attempt.ts";
import type { Call } from "../../src/canonical/call.ts";
import { createRetryBudget } from "../../src/router/retry-budget.ts";
import { createWorld } from "../simulation/world.ts";

const plan = (kind: AttemptPlan["kind"]): AttemptPlan => ({
  target: { name: "a/m", provider: "a", model: "m" },
  key: "k",
  kind,
});
const OUTCOME = { ok: true, costNanoUsd: 0, contentSeen: true, cancelled: false };

function budget() {
  const gate = createRetryBudget();
  return (kind: AttemptPlan["kind"]) => gate({} as Call, plan(kind)) as Admission & { scope?: string };
}

describe("repeats at one time", () => {
  test("three always, and no more than a fifth of the attempts in flight", () => {
    const ask = budget();
    expect([1, 2, 3, 4].map(() => "settle" in ask("retry"))).toEqual([true, true, true, false]);
    for (let i = 0; i < 17; i++) ask("first");
    expect(["settle" in ask("hedge"), "settle" in ask("retry")]).toEqual([true, false]);
  });

  test("what has ended counts no more, on either side", () => {
    const ask = budget();
    const retries = [1, 2, 3].map(() => ask("retry"));
    retries[0]!.settle(OUTCOME);
    expect("settle" in ask("retry")).toBe(true);
    const firsts = Array.from({ length: 40 }, () => ask("first"));
    for (const first of firsts) first.settle(OUTCOME);
    expect("settle" in ask("retry")).toBe(false);
  });

  test.each(["first", "failover", "continuation"] as const)("%s is never refused", (kind) => {
    const ask = budget();
    for (let i = 0; i < 50; i++) expect("settle" in ask(kind)).toBe(true);
  });
});

test("200 calls at once against a dead upstream: 200 first attempts and a few repeats, not a storm", async () => {
  let requests = 0;
  const { call, clock } = createWorld({
    breaker: { consecutiveFailures: 1_000, failurePercent: 100 },
    upstreams: {
      a: {
        answer: () => {
          requests += 1;
          return { headMs: 50, status: 503, body: { error: { message: "down" } } };
        },
      },
      b: { answer: () => ({ headMs: 10, tokens: [{ text: "hello", afterMs: 0 }] }) },
    },
  });
  const running = Array.from({ length: 200 }, () => call());
  await clock.advance(10_000);
  const ended = await Promise.all(running);
  expect(ended.every(({ text }) => text === "hello")).toBe(true);
  expect(requests).toBeLessThan(260);
});
