import { expect, test } from "bun:test";
import type { Principal } from "../../src/canonical/call.ts";
import type { GatewayError } from "../../src/canonical/errors.ts";
import { admit } from "../../src/canonical/policy.ts";
import { OK } from "../../src/canonical/reply.ts";
import { NO_USAGE } from "../../src/canonical/usage.ts";
import { goDuration } from "../../src/http/reply-headers.ts";
import { createConcurrency } from "../../src/policies/concurrency.ts";
import { createCounters } from "../../src/policies/counters.ts";
import { createLimitLevels, type LimitRules } from "../../src/policies/limit-levels.ts";
import { createRateLimit } from "../../src/policies/rate-limit.ts";
import { callOf } from "../budget/support.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

interface Rules {
  gateway?: LimitRules;
  team?: LimitRules;
  key?: LimitRules;
  perUser?: LimitRules;
}

function setUp({ gateway = {}, team = {}, key = {}, perUser = {} }: Rules, clock = simulatedClock()) {
  const levelsOf = createLimitLevels({
    gateway,
    customers: new Map(),
    teams: new Map([["search", { name: "search", limits: team, perUser: {} }]]),
    keys: new Map(["ci", "other"].map((name) => [`file:${name}`, { name, limits: key, perUser }] as const)),
  });
  const counters = createCounters(clock);
  const policies = [createConcurrency(levelsOf, new Map()), createRateLimit(levelsOf, counters, clock)];
  const attempted = {
    target: "a/b",
    provider: "a",
    model: "b",
    key: "k",
    kind: "first",
    startMs: 0,
    outcome: "ok",
  } as const;
  const call = (spec: Parameters<typeof callOf>[1] = {}) => {
    const made = callOf(clock, spec);
    return { call: made, settle: admit(policies, made), attempt: () => made.record.attempts.push({ ...attempted }) };
  };
  /** How many of `count` calls pass at this moment. */
  const passing = (count: number, spec?: Parameters<typeof callOf>[1]) => {
    let passed = 0;
    for (let n = 0; n < count; n++) {
      try {
        const { settle, attempt } = call(spec);
        attempt();
        settle(OK);
        passed += 1;
      } catch {}
    }
    return passed;
  };
  const refusal = (spec?: Parameters<typeof callOf>[1]): GatewayError => {
    try {
      call(spec);
    } catch (error) {
      return error as GatewayError;
    }
    throw new Error("should have been refused");
  };
  return { clock, counters, call, passing, refusal };
}

test.each([1, 7, 60, 1_000])("requestsPerMinute: %i pass at once, then it refills evenly", async (limit) => {
  const { clock, passing } = setUp({ key: { requestsPerMinute: limit } });
  expect(passing(limit + 50)).toBe(limit);
  await clock.advance(60_000 / limit);
  expect(passing(10)).toBe(1);
  await clock.advance(30_000);
  expect(passing(limit)).toBe(Math.floor(limit / 2));
});

test("in any minute no more pass than the burst and one minute's refill", async () => {
  const { clock, passing } = setUp({ key: { requestsPerMinute: 100 } });
  let passed = 0;
  for (let step = 0; step < 600; step++) {
    passed += passing(20);
    await clock.advance(100);
  }
  expect(Math.abs(passed - 200)).toBeLessThanOrEqual(1);
});

test.each([
  ["requestsPerMinute", { requestsPerMinute: 7 }],
  ["requestsPerDay", { requestsPerDay: 3 }],
  ["tokensPerMinute", { tokensPerMinute: 1_000 }],
  ["both", { requestsPerMinute: 5, tokensPerMinute: 2_000 }],
] as [string, LimitRules][])(
  "whoever waits just the retry-after succeeds, and not a moment earlier: %s",
  async (_, key) => {
    const { clock, call, passing, refusal } = setUp({ key });
    for (let round = 0; round < 20; round++) {
      passing(50);
      const { retryAfterMs, status, source } = refusal();
      expect([status, source]).toEqual([429, "gateway"]);
      if (retryAfterMs! > 2) {
        await clock.advance(retryAfterMs! - 2);
        refusal();
        await clock.advance(2);
      } else await clock.advance(retryAfterMs!);
      call().settle(OK);
    }
  },
);

test("a refused call takes nothing from any level", async () => {
  const { passing, clock } = setUp({ team: { requestsPerMinute: 10 }, key: { requestsPerMinute: 2 } });
  expect(passing(100, { key: "ci" })).toBe(2);
  expect(passing(100, { key: "other" })).toBe(2);
  await clock.advance(30_000);
  expect(passing(100, { key: "ci" })).toBe(1);
});

test("a team's limit is shared by its keys, a user's is their own", () => {
  const shared = setUp({ team: { requestsPerMinute: 3 } });
  expect(shared.passing(2, { key: "ci" })).toBe(2);
  expect(shared.passing(2, { key: "other" })).toBe(1);
  const users = setUp({ perUser: { requestsPerMinute: 1 } });
  expect(users.passing(2, { user: "alice" })).toBe(1);
  expect(users.passing(2, { user: "bob" })).toBe(1);
  expect(users.passing(2)).toBe(2);
});

test("a call that was refused further on, before any upstream saw it, does not count", () => {
  const { call, passing } = setUp({ key: { requestsPerMinute: 1, tokensPerMinute: 10_000 } });
  const { settle } = call();
  settle({ ok: false, code: "budget_exceeded", status: 402, source: "gateway", message: "" });
  expect(passing(2)).toBe(1);
});

test("tokens are charged as expected and corrected to what was used", async () => {
  const { call, passing, clock } = setUp({ key: { tokensPerMinute: 6_000 } });
  const big = call();
  big.attempt();
  big.call.record.usage = { ...NO_USAGE, input: 2_000, output: 10_000 };
  big.settle(OK);
  expect(passing(1)).toBe(0);
  await clock.advance(60_000);
  expect(passing(1)).toBe(0);
  await clock.advance(10_000);
  expect(passing(1)).toBe(1);
});

test("an answer of the cache uses no tokens; an attempt that told nothing keeps its estimate", () => {
  const cached = setUp({ key: { tokensPerMinute: 1_000 } });
  for (let n = 0; n < 10; n++) cached.call().settle(OK);
  const untold = setUp({ key: { tokensPerMinute: 1_000 } });
  expect(untold.passing(10)).toBe(1);
});

test("maxConcurrent refuses the one too many at once, and a slot is free as soon as its call ends", () => {
  const { call, refusal } = setUp({ team: { maxConcurrent: 2 }, key: { requestsPerMinute: 3 } });
  const first = call({ key: "ci" });
  call({ key: "other" });
  expect(refusal({ key: "ci" }).retryAfterMs).toBeGreaterThan(0);
  first.settle({ ok: false, code: "client_closed", status: 499, source: "client", message: "" });
  const again = call({ key: "ci" });
  again.settle(OK);
});

test("a call refused for its rate leaves its slot", () => {
  const { call, refusal } = setUp({ team: { maxConcurrent: 1 }, key: { requestsPerMinute: 1 } });
  const first = call({ key: "ci" });
  first.attempt();
  first.settle(OK);
  expect(refusal({ key: "ci" }).message).toContain("requestsPerMinute");
  call({ key: "other" });
});

test("the state for x-ratelimit headers is that of the tightest limit, on refusals too", () => {
  const { call, refusal } = setUp({
    gateway: { requestsPerMinute: 100 },
    key: { requestsPerMinute: 2, tokensPerMinute: 6_000 },
  });
  const { call: first } = call();
  expect(first.record.rateLimits?.requests).toEqual({ limit: 2, remaining: 1, resetMs: 30_000 });
  expect(first.record.rateLimits?.tokens?.limit).toBe(6_000);
  call();
  expect(refusal().message).toContain('key "ci" may use 2 requests a minute');
});

test("what was counted survives a restart", async () => {
  const clock = simulatedClock();
  const before = setUp({ key: { requestsPerMinute: 4 } }, clock);
  expect(before.passing(4)).toBe(4);
  const saved = JSON.parse(JSON.stringify(before.counters.entries())) as [string, number][];
  await clock.advance(15_000);
  const after = setUp({ key: { requestsPerMinute: 4 } }, clock);
  after.counters.restore(saved);
  expect(after.passing(4)).toBe(1);
});

test("nobody without limits is counted", () => {
  const { call } = setUp({});
  const { call: made } = call();
  expect(made.record.rateLimits).toBeUndefined();
  const anonymous: Principal = { kind: "anonymous", id: "anonymous", name: "anonymous", allows: () => true };
  expect(
    createLimitLevels({ gateway: {}, customers: new Map(), teams: new Map(), keys: new Map() })(anonymous, "u"),
  ).toEqual([]);
});

test.each([
  [0, "0s"],
  [11.2, "12ms"],
  [1_000, "1s"],
  [1_500, "1.5s"],
  [360_000, "6m0s"],
  [3_600_500, "1h0m0.5s"],
])("a reset in %i ms is %p as Go prints it", (ms, text) => {
  expect(goDuration(ms)).toBe(text);
});
