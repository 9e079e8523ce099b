import { describe, expect, test } from "bun:test";
import { attempt, closedRecord, UPSTREAM_DOWN } from "../support.ts";
import { alerts, memoryStore, ruleOf } from "./support.ts";

const FAILOVERS = ruleOf("failover_rate > 5% for 1m", { name: "failovers" });

describe("a rule", () => {
  test("is pending for its time, then fires once, and resolves once when the rate is well again", async () => {
    const it = await alerts([FAILOVERS]);
    await it.seconds(120, it.good);
    expect(it.rules()).toMatchObject([{ state: "ok", value: 0 }]);
    await it.seconds(30, it.failedOver);
    expect(it.rules()).toMatchObject([{ state: "pending", value: expect.any(Number) }]);
    expect(it.sent).toEqual([]);
    await it.seconds(60, it.failedOver);
    expect(it.rules()).toMatchObject([{ state: "firing" }]);
    await it.seconds(300, it.failedOver);
    expect(it.sent).toEqual(["[FIRING] failovers"]);
    await it.seconds(120, it.good);
    expect(it.sent).toEqual(["[FIRING] failovers", "[RESOLVED] failovers"]);
    const { data } = await it.store.list({}, { limit: 9 });
    expect(data).toMatchObject([
      { resolution: "recovered", worst: 1, notices: [{ channel: "slack", told: "resolved" }] },
    ]);
    await it.stop();
  });

  test("does not fire for what is over before its time", async () => {
    const it = await alerts([FAILOVERS]);
    await it.seconds(120, it.good);
    it.failedOver();
    it.failedOver();
    await it.seconds(200, it.good);
    expect(it.sent).toEqual([]);
    await it.stop();
  });

  test("fires for one burst without further traffic, and ends for lack of any a while later", async () => {
    const it = await alerts([ruleOf("failover_rate > 5% for 5s", { name: "burst" })]);
    await it.clock.advance(777);
    for (let call = 0; call < 20; call++) it.failedOver();
    await it.clock.advance(7_000);
    expect(it.sent).toEqual(["[FIRING] burst"]);
    await it.clock.advance(9_000);
    expect(it.sent).toEqual(["[FIRING] burst", "[RESOLVED] burst"]);
    expect((await it.store.list({}, { limit: 1 })).data[0]!.resolution).toBe("no data");
    await it.stop();
  });

  test("counts calls of its model alone", async () => {
    const it = await alerts([ruleOf("failover_rate > 5% for 2s", { model: "smart" })]);
    await it.seconds(6, () => it.failedOver({ model: "fast" }));
    expect(it.sent).toEqual([]);
    await it.seconds(6, () => it.failedOver({ model: "smart" }));
    expect(it.sent).toHaveLength(1);
    await it.stop();
  });
});

describe("metrics", () => {
  const failed = (over: object) => closedRecord({ outcome: { ...UPSTREAM_DOWN, ...over } });
  test.each([
    ["an upstream's failure", failed({}), 1],
    ["a call that went well", closedRecord(), 0],
    ["the client's own mistake", failed({ code: "invalid_request", status: 400, source: "client" }), null],
    ["a client that hung up", failed({ code: "client_closed", status: 499, source: "client" }), null],
    ["a budget's refusal", failed({ code: "budget_exceeded", status: 402, source: "gateway" }), null],
    ["a limit's refusal", failed({ code: "rate_limited", status: 429, source: "gateway" }), null],
    ["an upstream's 429", failed({ code: "rate_limited", status: 429, source: "upstream" }), 1],
    ["no target left", failed({ code: "no_target", status: 503, source: "gateway" }), 1],
  ])("error_rate with %s", async (_what, record, value) => {
    const it = await alerts([ruleOf("error_rate > 5% for 1m")]);
    it.call(record);
    expect(it.rules()[0]!.value).toBe(value);
    await it.stop();
  });

  test("failover_rate leaves out calls that met no target (cache hits, refusals) and those of the gateway itself", async () => {
    const it = await alerts([FAILOVERS]);
    it.good({ attempts: [] });
    it.good({ principal: { id: "internal:eval:kind", name: "eval:kind", kind: "internal" } });
    expect(it.rules()[0]!.value).toBeNull();
    it.failedOver();
    it.good();
    expect(it.rules()[0]!.value).toBe(0.5);
    await it.stop();
  });

  test("failover_rate counts calls that passed over a target whose breaker is open: nothing fails then", async () => {
    const it = await alerts([FAILOVERS]);
    const candidates = [
      { target: "a/m", key: "key-1", skipped: "breaker open" },
      { target: "b/m", key: "key-1" },
    ];
    const chosen = (target: string) => ({ target, key: "key-1", kind: "first", waitMs: 0 }) as const;
    it.good({ decisions: [{ strategy: "fallback", seed: 1, candidates, chosen: chosen("b/m") }] });
    expect(it.rules()[0]!.value).toBe(1);
    // A client that wants its call explained has decisions too.
    it.good({ decisions: [{ strategy: "fallback", seed: 1, candidates, chosen: chosen("a/m") }] });
    expect(it.rules()[0]!.value).toBe(0.5);
    await it.stop();
  });

  test("p95_first_token_ms is that of streams", async () => {
    const it = await alerts([ruleOf("p95_first_token_ms > 500 for 1m")]);
    for (let call = 1; call <= 100; call++) it.good({ firstContentMs: call * 10 });
    it.good({ stream: false, firstContentMs: 60_000 });
    expect(Math.abs(it.rules()[0]!.value! / 950 - 1)).toBeLessThan(0.026);
    await it.stop();
  });

  test("budget_used is the budget nearest to its limit; those beyond are named", async () => {
    const budget = { scope: "team", window: "day", rolling: false, limitNanoUsd: 100, reservedNanoUsd: 0 };
    const budgets = () => [
      { ...budget, name: "search", spentNanoUsd: 90 },
      { ...budget, name: "ads", spentNanoUsd: 10 },
    ];
    const it = await alerts([ruleOf("budget_used > 80% for 1s")], { sources: { budgets } });
    expect(it.rules()[0]).toMatchObject({ value: 0.9, details: ["team search (day)"] });
    await it.stop();
  });

  test("target_down counts targets none of whose keys can be used", async () => {
    const targets = () => [
      { target: "a/m", state: "open", reason: "5 failures" } as const,
      { target: "a/m", state: "closed", reason: null } as const,
      { target: "b/m", state: "half-open", reason: "5 failures" } as const,
      { target: "c/m", state: "closed", reason: "resting: quota" } as const,
    ];
    const it = await alerts([ruleOf("target_down > 1 for 1s")], { sources: { targets } });
    expect(it.rules()[0]).toMatchObject({ value: 2, details: ["b/m", "c/m"] });
    await it.stop();
  });

  test("eval_score is the worst mean of all evals, or that of one", async () => {
    const when = "eval_score < 80% for 1m";
    const it = await alerts([ruleOf(when, { name: "all" }), ruleOf(when, { name: "tone", eval: "tone" })]);
    for (const score of [1, 0]) it.scored({ eval: "json", model: "fast", score });
    it.scored({ eval: "tone", model: "fast", score: 0.9 });
    expect(it.rules()).toMatchObject([
      { value: 0.5, details: ["json"] },
      { value: 0.9, details: [] },
    ]);
    await it.stop();
  });

  test("cache_wrong and ledger_lag", async () => {
    const sources = { ledgerQueueLength: () => 1_234 };
    const it = await alerts([ruleOf("cache_wrong > 1% for 1h"), ruleOf("ledger_lag > 1000 for 1m")], { sources });
    for (const wrong of [false, false, false, true]) it.cacheVerdict({ wrong });
    expect(it.rules()).toMatchObject([{ value: 0.25 }, { value: 1_234 }]);
    await it.stop();
  });
});

describe("messages", () => {
  const DOWN = (name: string) => ruleOf("ledger_lag > 0 for 1s", { name });
  const lagging = () => {
    let lag = 0;
    return { sources: { ledgerQueueLength: () => lag }, set: (to: number) => (lag = to) };
  };

  test("what begins and ends together goes out together", async () => {
    const lag = lagging();
    const it = await alerts([DOWN("one"), DOWN("two"), DOWN("three")], lag);
    lag.set(1);
    await it.clock.advance(3_000);
    lag.set(0);
    await it.clock.advance(3_000);
    expect(it.sent).toEqual(["[FIRING] 3 alerts", "[RESOLVED] 3 alerts"]);
    await it.stop();
  });

  test("a channel that refuses is tried again with growing pauses, and logged once", async () => {
    const lag = lagging();
    const it = await alerts([DOWN("down")], lag);
    let tries = 0;
    it.answerWith(() => {
      tries += 1;
      return new Response("invalid_token http://slack.test/secret", { status: 403 });
    });
    lag.set(1);
    await it.clock.advance(60_000);
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(9);
    expect(it.log.messages("warn").filter((line) => line.includes("delivered"))).toHaveLength(1);
    expect(it.log.text()).not.toContain("secret");
    const notice = (await it.store.list({}, { limit: 1 })).data[0]!.notices[0]!;
    expect(notice).toMatchObject({ told: "nothing", failures: tries, error: "HTTP 403: invalid_token [redacted]" });
    it.answerWith(() => new Response("ok"));
    await it.clock.advance(60_000);
    expect(it.sent).toEqual(["[FIRING] down"]);
    await it.stop();
  });

  test("a Retry-After is waited for", async () => {
    const lag = lagging();
    const it = await alerts([DOWN("down")], lag);
    let tries = 0;
    it.answerWith(() => {
      tries += 1;
      return new Response("", { status: 429, headers: { "retry-after": "30" } });
    });
    lag.set(1);
    await it.clock.advance(30_000);
    expect(tries).toBe(1);
    await it.clock.advance(5_000);
    expect(tries).toBe(2);
    await it.stop();
  });

  test("an alert that was over before anybody could be told is not told", async () => {
    const lag = lagging();
    const it = await alerts([DOWN("short")], lag);
    it.answerWith(() => new Response("", { status: 500 }));
    lag.set(1);
    await it.clock.advance(3_000);
    lag.set(0);
    await it.clock.advance(3_000);
    it.answerWith(() => new Response("ok"));
    await it.clock.advance(600_000);
    expect(it.sent).toEqual([]);
    expect([...(it.store as ReturnType<typeof memoryStore>).rows.values()].map(({ open }) => open)).toEqual([false]);
    await it.stop();
  });

  test("in quiet hours nothing is sent; what still holds at their end is told then", async () => {
    const lag = lagging();
    // The clock stands at noon.
    const it = await alerts(
      [{ ...DOWN("night"), ...ruleOf("ledger_lag > 0 for 1s", { name: "night", quiet: "12:00-13:00" }) }],
      lag,
    );
    lag.set(1);
    await it.clock.advance(50 * 60_000);
    expect(it.rules()[0]!.state).toBe("firing");
    expect(it.sent).toEqual([]);
    await it.clock.advance(11 * 60_000);
    expect(it.sent).toEqual(["[FIRING] night"]);
    await it.stop();
  });

  test("a test message says so, and a missing channel names those there are", async () => {
    const it = await alerts([]);
    await it.test("slack");
    expect(it.sent).toEqual(["[TEST] test"]);
    await expect(it.test("teams")).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringMatching("there are: slack"),
    });
    it.answerWith(() => new Response("no_service", { status: 404 }));
    await expect(it.test("slack")).rejects.toMatchObject({
      code: "upstream_error",
      message: expect.stringMatching("HTTP 404: no_service"),
    });
    await it.stop();
  });
});

describe("across a restart and a reload", () => {
  test("an episode goes on: no second message, and it is not over before its time has been seen again", async () => {
    const store = memoryStore();
    let lag = 1;
    const sources = { ledgerQueueLength: () => lag };
    const rule = ruleOf("ledger_lag > 0 for 10s", { name: "lag" });
    const before = await alerts([rule], { store, sources });
    await before.clock.advance(12_000);
    expect(before.sent).toEqual(["[FIRING] lag"]);
    await before.stop();
    lag = 0;
    const after = await alerts([rule], { store, sources });
    await after.clock.advance(8_000);
    expect(after.rules()[0]!.state).toBe("firing");
    lag = 1;
    await after.clock.advance(30_000);
    expect(after.sent).toEqual([]);
    lag = 0;
    await after.clock.advance(2_000);
    expect(after.sent).toEqual(["[RESOLVED] lag"]);
    await after.stop();
  });

  test("what could not be told before the end is told by the next process", async () => {
    const store = memoryStore();
    const sources = { ledgerQueueLength: () => 1 };
    const rule = ruleOf("ledger_lag > 0 for 1s", { name: "lag" });
    const before = await alerts([rule], { store, sources });
    before.answerWith(() => new Response("", { status: 500 }));
    await before.clock.advance(3_000);
    await before.stop();
    const after = await alerts([rule], { store, sources });
    await after.clock.advance(2_000);
    expect(after.sent).toEqual(["[FIRING] lag"]);
    await after.stop();
  });

  test("a rule that is gone ends its episode, one that stays keeps what it has counted", async () => {
    const it = await alerts([FAILOVERS, ruleOf("ledger_lag > 0 for 1s", { name: "lag" })], {
      sources: { ledgerQueueLength: () => 1 },
    });
    it.failedOver();
    await it.clock.advance(3_000);
    it.reconfigure([FAILOVERS]);
    await it.clock.advance(1_000);
    expect(it.sent).toEqual(["[FIRING] lag", "[RESOLVED] lag"]);
    expect(it.rules()).toMatchObject([{ rule: "failovers", value: 1, state: "pending" }]);
    it.reconfigure([]);
    await it.stop();
  });

  test("without rules no timer runs but that of the history", async () => {
    const it = await alerts([]);
    await it.clock.advance(1);
    expect(it.clock.pending()).toBe(1);
    it.call(closedRecord({ attempts: [attempt({})] }));
    await it.stop();
    expect(it.clock.pending()).toBe(0);
  });
});
