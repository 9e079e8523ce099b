import { expect, test } from "bun:test";
import { openBudgets } from "../../src/budget/budgets.ts";
import type { Levels } from "../../src/budget/levels.ts";
import type { Admission, Refusal, Target } from "../../src/canonical/attempt.ts";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import {
  type CallSpec,
  callOf,
  DEAR,
  levels,
  memoryTables,
  RATES,
  rule,
  steppedStore,
  TARGET,
  USD,
} from "./support.ts";

async function setUp(governed: Levels, unpriced: readonly string[] = []) {
  const clock = simulatedClock();
  const tables = memoryTables();
  const budgets = await openBudgets({ store: steppedStore(tables), clock, log: () => {} });
  const gate = budgets.gate({
    levels: () => governed,
    rates: ({ provider }) =>
      unpriced.includes(provider)
        ? null
        : provider === "dear"
          ? { ...RATES, output: 10 * RATES.output, reasoning: 0 }
          : RATES,
    contextTokens: () => 8_000,
  });
  const ask = (spec: CallSpec = {}, target: Target = TARGET) =>
    gate(callOf(clock, spec), { target, key: "k", kind: "first" });
  return { clock, tables, budgets, ask };
}

function admitted(verdict: Admission | Refusal): Admission {
  if ("refused" in verdict) throw verdict.refused;
  return verdict;
}

function refused(verdict: Admission | Refusal): Refusal {
  if (!("refused" in verdict)) throw new Error("should have been refused");
  return verdict;
}

const OK = { ok: true, contentSeen: true, cancelled: false };

test("a call without any budget passes at once, capped by nobody, and its cost goes to the ledger", async () => {
  const { ask, budgets, tables } = await setUp(levels({}));
  const verdict = ask();
  expect(verdict).not.toBeInstanceOf(Promise);
  const admission = admitted(await verdict);
  expect(admission.maxOutputTokens).toBeUndefined();
  admission.settle({ ...OK, costNanoUsd: 5 });
  await budgets.stop();
  expect(tables.client.query("SELECT cost_nano_usd AS cost, windows FROM ledger").all()).toEqual([
    { cost: 5, windows: "[]" },
  ]);
});

test("an unknown price: refused with target and setting under a budget, served without one, booked nowhere", async () => {
  const budgeted = await setUp(levels({ key: [rule(1)] }), ["openai"]);
  const { refused: error, scope } = refused(await budgeted.ask());
  expect([error.code, error.status, scope]).toEqual(["invalid_request", 400, "target"]);
  expect(error.message).toContain("openai/gpt-4o");
  expect(error.message).toContain("pricing");

  const free = await setUp(levels({}), ["openai"]);
  admitted(await free.ask()).settle({ ...OK, costNanoUsd: null });
  await free.budgets.stop();
  expect(free.tables.client.query("SELECT count(*) AS n FROM ledger").get()).toEqual({ n: 0 });
});

test("a second call inside the lease is decided in the same turn, without the store", async () => {
  const { ask } = await setUp(
    levels({ gateway: [rule(1_000)], customer: [rule(1_000)], team: [rule(1_000)], key: [rule(1_000)] }),
  );
  const first = ask({ body: { max_tokens: 100 } });
  expect(first).toBeInstanceOf(Promise);
  admitted(await first).settle({ ...OK, costNanoUsd: 0 });
  expect(ask({ body: { max_tokens: 100 } })).not.toBeInstanceOf(Promise);
});

test("near the edge the output is capped to what the tightest level affords, and refused below 16 tokens", async () => {
  const { ask } = await setUp(levels({ team: [rule(50)], key: [rule(0.4)] }));
  const capped = admitted(await ask({ body: { max_tokens: 2_000 } }));
  expect(capped.maxOutputTokens).toBeGreaterThanOrEqual(16);
  expect(capped.maxOutputTokens).toBeLessThan(400);
  const { refused: error, scope } = refused(await ask({ body: { max_tokens: 2_000 } }));
  expect([error.code, error.status, scope]).toEqual(["budget_exceeded", 402, "target"]);
  capped.settle({ ...OK, costNanoUsd: 0 });
  expect(admitted(await ask({ body: { max_tokens: 2_000 } })).maxOutputTokens).toBe(capped.maxOutputTokens!);
});

test.each([
  ['key "ci"', { gateway: [rule(50)], customer: [rule(40)], team: [rule(30)], key: [rule(0.01)] }],
  ['team "search"', { gateway: [rule(50)], customer: [rule(40)], team: [rule(0.01)], key: [rule(30)] }],
  ['customer "acme"', { gateway: [rule(50)], customer: [rule(0.01)], team: [rule(30)], key: [rule(40)] }],
  ["the gateway", { gateway: [rule(0.01)], customer: [rule(50)], team: [rule(30)], key: [rule(40)] }],
])("a refusal names the level that has too little: %s", async (level, of) => {
  const { ask } = await setUp(levels(of));
  expect(refused(await ask()).refused.message).toContain(`Budget exceeded: ${level} may spend 0.01 USD a day`);
});

test("a client's own small cap is no reason to refuse", async () => {
  const { ask } = await setUp(levels({ key: [rule(0.2)] }));
  expect(admitted(await ask({ body: { max_tokens: 3 } })).maxOutputTokens).toBeUndefined();
});

test.each([
  ["gateway", { gateway: [rule(0.01)] }, "the gateway may spend 0.01 USD a day"],
  ["customer", { customer: [rule(0.01, { per: "month" })] }, 'customer "acme" may spend 0.01 USD a month'],
  ["team", { team: [rule(0.01, { per: "week" })] }, 'team "search" may spend 0.01 USD a week'],
  ["key", { key: [rule(0.01, { per: "hour", rolling: true })] }, 'key "ci" may spend 0.01 USD in any hour'],
  ["user", { perUser: [rule(0.01, { per: "total" })] }, 'user "alice" may spend 0.01 USD in total'],
] as [string, Parameters<typeof levels>[0], string][])(
  "a refusal names the level, the limit, what is spent and the reset: %s",
  async (_, budgets, text) => {
    const { ask } = await setUp(levels(budgets));
    const { message } = refused(await ask({ user: "alice" })).refused;
    expect(message).toContain(text);
    expect(message).toContain("0 USD spent");
    if ("perUser" in budgets) expect(message).toContain("does not reset");
    else expect(message).toMatch(/resets at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\./);
  },
);

test("a dearer target does not fit where a cheaper one does: the refusal is the target's alone", async () => {
  const { ask } = await setUp(levels({ key: [rule(0.25)] }));
  const body = { max_tokens: 40 };
  expect(refused(await ask({ body }, DEAR)).scope).toBe("target");
  admitted(await ask({ body }, TARGET));
});

test("budgets of one model or provider count only that", async () => {
  const { ask } = await setUp(levels({ key: [rule(0.001, { provider: "dear" }), rule(0.001, { model: "smart" })] }));
  refused(await ask({}, DEAR));
  admitted(await ask({}, TARGET));
});

test("each user has a budget of their own under the key", async () => {
  const { ask } = await setUp(levels({ perUser: [rule(0.3)] }));
  const body = { max_tokens: 200 };
  admitted(await ask({ body, user: "alice" })).settle({ ...OK, costNanoUsd: 0.29 * USD });
  refused(await ask({ body, user: "alice" }));
  admitted(await ask({ body, user: "bob" }));
  admitted(await ask({ body }));
});

test("none or all: a refusal on one level leaves nothing reserved on the others", async () => {
  const governed = levels({ team: [rule(100)], key: [rule(0.01)] });
  const { ask, budgets } = await setUp(governed);
  refused(await ask());
  for (const { reservedNanoUsd } of budgets.statuses(governed)) expect(reservedNanoUsd).toBe(0);
});

test("settled once: later outcomes change nothing", async () => {
  const governed = levels({ key: [rule(10)] });
  const { ask, budgets, tables } = await setUp(governed);
  const admission = admitted(await ask({ body: { max_tokens: 50 } }));
  expect(budgets.statuses(governed)[0]!.reservedNanoUsd).toBeGreaterThan(0);
  admission.settle({ ...OK, costNanoUsd: 7 });
  admission.settle({ ...OK, costNanoUsd: 9 });
  await budgets.stop();
  expect(budgets.statuses(governed)[0]).toMatchObject({ spentNanoUsd: 7, reservedNanoUsd: 0 });
  expect(tables.client.query("SELECT sum(cost_nano_usd) AS sum FROM ledger").get()).toEqual({ sum: 7 });
});

test("content whose cost nobody knows is booked with all that was held, marked as estimated", async () => {
  const governed = levels({ key: [rule(10)] });
  const { ask, budgets, tables } = await setUp(governed);
  const admission = admitted(await ask({ body: { max_tokens: 50 } }));
  const held = budgets.statuses(governed)[0]!.reservedNanoUsd;
  admission.settle({ ok: false, costNanoUsd: null, contentSeen: true, cancelled: true });
  await budgets.stop();
  expect(tables.client.query("SELECT cost_nano_usd AS cost, estimated FROM ledger").get()).toEqual({
    cost: held,
    estimated: 1,
  });
});

test("a calendar window turns and the money is back; a rolling one forgets only what is old enough", async () => {
  const { ask, clock } = await setUp(
    levels({ key: [rule(0.3, { per: "minute", rolling: true })], team: [rule(0.3, { per: "minute" })] }),
  );
  const body = { max_tokens: 100 };
  await clock.advance(30_000);
  admitted(await ask({ body })).settle({ ...OK, costNanoUsd: 0.29 * USD });
  expect(refused(await ask({ body })).refused.message).toMatch(/key|team/);
  await clock.advance(30_001);
  expect(refused(await ask({ body })).refused.message).toContain('key "ci"');
  await clock.advance(31_000);
  admitted(await ask({ body }));
});

test("a rolling budget counts what an upstream bills beyond the cap it was told, however often the window steps", async () => {
  const governed = levels({ key: [rule(3, { per: "minute", rolling: true })] });
  const { ask, clock, budgets, tables } = await setUp(governed);
  const body = { max_tokens: 20 };
  for (let call = 0; call < 6; call++) {
    const admission = admitted(await ask({ body }));
    if (call % 2 === 0) await clock.advance(1_100);
    // Whoever looks at it moves the window on, before the call ends or after.
    budgets.statuses(governed);
    admission.settle({ ...OK, costNanoUsd: 0.5 * USD });
    await clock.advance(1_100);
  }
  expect(refused(await ask({ body })).refused.message).toContain("3 USD spent");
  await budgets.stop();
  expect(tables.client.query("SELECT count(*) AS n FROM leases WHERE amount_nano_usd <> 0").get()).toEqual({ n: 0 });
});

test("a rolling budget shows what running calls hold after its window has stepped, and forgets while nobody calls", async () => {
  const governed = levels({ key: [rule(3, { per: "minute", rolling: true })] });
  const { ask, clock, budgets } = await setUp(governed);
  const shown = () => budgets.statuses(governed)[0]!;
  const admission = admitted(await ask({ body: { max_tokens: 20 } }));
  const held = shown().reservedNanoUsd;
  await clock.advance(5_000);
  expect([held > 0, shown().reservedNanoUsd]).toEqual([true, held]);
  admission.settle({ ...OK, costNanoUsd: USD });
  await clock.advance(100);
  expect([shown().spentNanoUsd, shown().reservedNanoUsd]).toEqual([USD, 0]);
  await clock.advance(70_000);
  expect((await budgets.list(governed))[0]!.spentNanoUsd).toBe(0);
  await clock.advance(0);
  expect(shown().spentNanoUsd).toBe(0);
});

test("windows that have ended are dropped, also of users who never come back; what runs and what counts stays", async () => {
  const governed = levels({
    key: [rule(50, { per: "total" })],
    perUser: [rule(5, { per: "minute" }), rule(9, { per: "hour", rolling: true })],
  });
  const { ask, clock, tables } = await setUp(governed);
  const body = { max_tokens: 20 };
  for (const user of ["ann", "bob"]) admitted(await ask({ body, user })).settle({ ...OK, costNanoUsd: USD / 10 });
  const running = admitted(await ask({ body, user: "cleo" }));
  const windows = () =>
    (tables.client.query("SELECT budget FROM budget_windows").all() as { budget: string }[])
      .map(({ budget }) =>
        (JSON.parse(budget) as string[]).filter((part) => part && !part.startsWith("file:")).join(" "),
      )
      .sort();
  await clock.advance(3_601_000);
  const rolling = ["ann", "bob", "cleo"].map((user) => `user ${user} key rolling-hour`);
  expect(windows()).toEqual(["key total", ...[...rolling, "user cleo key minute"].sort()]);
  running.settle({ ...OK, costNanoUsd: USD / 10 });
  await clock.advance(3_601_000);
  expect(windows()).toEqual(["key total"]);
});

test("an end user's budget says which level declares it, every other one says nothing", async () => {
  const governed = levels({ key: [rule(50)], perUser: [rule(5)] });
  const { ask, budgets } = await setUp(governed);
  admitted(await ask({ body: { max_tokens: 20 }, user: "ann" })).settle({ ...OK, costNanoUsd: USD / 10 });
  const listed = (await budgets.list(governed)).map(({ scope, name, of }) => ({ scope, name, of }));
  expect(listed).toEqual([
    { scope: "key", name: "ci", of: null },
    { scope: "key", name: "other", of: null },
    { scope: "user", name: "ann", of: { scope: "key", name: "ci" } },
  ]);
});

test("after a kill the unreturned lease counts as spent, is listed as uncertain, and can be released", async () => {
  const governed = levels({ key: [rule(1)] });
  const { ask, tables, clock } = await setUp(governed);
  admitted(await ask({ body: { max_tokens: 900 } }));
  const again = await openBudgets({ store: steppedStore(tables), clock, log: () => {} });
  const [status] = await again.list(governed);
  expect(status!.uncertainNanoUsd).toBeGreaterThan(0.9 * USD);
  expect(status!.spentNanoUsd).toBe(status!.uncertainNanoUsd);
  expect(await again.release(governed, status!.id)).toBe(status!.uncertainNanoUsd);
  expect((await again.list(governed))[0]).toMatchObject({ spentNanoUsd: 0, uncertainNanoUsd: 0 });
  expect(await again.release(governed, "budget_none")).toBeUndefined();
});

test("a kill in a burst that one level refuses leaves the other levels with no more than was in flight", async () => {
  const governed = levels({ gateway: [rule(100)], team: [rule(50)], key: [rule(2)] });
  const { ask, tables, clock } = await setUp(governed);
  const verdicts = await Promise.all(Array.from({ length: 60 }, () => ask({ body: { max_tokens: 400 } })));
  expect(verdicts.filter((verdict) => !("refused" in verdict)).length).toBeGreaterThanOrEqual(4);
  const again = await openBudgets({ store: steppedStore(tables), clock, log: () => {} });
  for (const { uncertainNanoUsd } of await again.list(governed)) expect(uncertainNanoUsd).toBeLessThanOrEqual(2 * USD);
});

test("a reset gives the money back and leaves the ledger", async () => {
  const governed = levels({ key: [rule(1)] });
  const { ask, tables, budgets } = await setUp(governed);
  admitted(await ask({ body: { max_tokens: 900 } })).settle({ ...OK, costNanoUsd: 0.9 * USD });
  refused(await ask({ body: { max_tokens: 900 } }));
  const { id } = (await budgets.list(governed))[0]!;
  expect(await budgets.reset(governed, id)).toBe(0.9 * USD);
  admitted(await ask({ body: { max_tokens: 900 } }));
  expect(tables.client.query("SELECT sum(cost_nano_usd) AS sum FROM ledger").get()).toEqual({ sum: 0.9 * USD });
});

test("a budget tells when it refused the last call, until one passes, it is reset, or its window turns", async () => {
  const governed = levels({ team: [rule(50)], key: [rule(1)] });
  const { ask, clock, budgets } = await setUp(governed);
  const refusedAt = async () => {
    const all = await budgets.list(governed);
    return ["team", "key"].map((scope) => all.find((one) => one.scope === scope)!.refusedAtMs);
  };
  const large = { body: { max_tokens: 900 } };
  admitted(await ask(large)).settle({ ...OK, costNanoUsd: 0.9 * USD });
  expect(await refusedAt()).toEqual([null, null]);
  await clock.advance(1_000);
  refused(await ask(large));
  // Only the one that refuses: the team has enough left.
  expect(await refusedAt()).toEqual([null, clock.now()]);
  const { id } = (await budgets.list(governed)).find(({ scope }) => scope === "key")!;
  await budgets.reset(governed, id);
  expect(await refusedAt()).toEqual([null, null]);
  const held = admitted(await ask(large));
  refused(await ask(large));
  expect((await refusedAt())[1]).toBe(clock.now());
  held.settle({ ...OK, costNanoUsd: 0 });
  admitted(await ask(large)).settle({ ...OK, costNanoUsd: 0.9 * USD });
  expect(await refusedAt()).toEqual([null, null]);
  refused(await ask(large));
  await clock.advance(24 * 3_600_000);
  admitted(await ask(large));
  expect(await refusedAt()).toEqual([null, null]);
});

test("a lower limit holds from the next call on", async () => {
  let governed = levels({ key: [rule(100)] });
  const clock = simulatedClock();
  const budgets = await openBudgets({ store: steppedStore(memoryTables()), clock, log: () => {} });
  const gate = budgets.gate({ levels: () => governed, rates: () => RATES, contextTokens: () => undefined });
  const ask = () => gate(callOf(clock, { body: { max_tokens: 1_000 } }), { target: TARGET, key: "k", kind: "first" });
  admitted(await ask()).settle({ ...OK, costNanoUsd: USD });
  governed = levels({ key: [rule(0.5)] });
  refused(await ask());
});

test("leases go back when nobody calls any more, so that others may have them", async () => {
  const { ask, tables, clock } = await setUp(levels({ key: [rule(1_000)] }));
  admitted(await ask({ body: { max_tokens: 900 } })).settle({ ...OK, costNanoUsd: USD / 2 });
  await clock.advance(15_000);
  expect(tables.client.query("SELECT coalesce(sum(amount_nano_usd), 0) AS held FROM leases").get()).toEqual({
    held: 0,
  });
});

test.each([
  [
    "image by address",
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x.example/a.png" } }] }] },
  ],
  ["stored conversation", { previous_response_id: "resp_1" }],
])("input that the body does not bound reserves the context window: %s", async (_, body) => {
  const governed = levels({ key: [rule(100)] });
  const { ask, budgets } = await setUp(governed);
  admitted(await ask({ body: { ...body, max_tokens: 1 } }));
  expect(budgets.statuses(governed)[0]!.reservedNanoUsd).toBe((8_001 * USD) / 1_000);
});

test.each([
  ["n", { n: 5 }, 5],
  ["priority tier", { service_tier: "priority" }, 2],
])("what multiplies a call's price multiplies what is reserved: %s", async (_, body, factor) => {
  const reserved = async (with_: object) => {
    const governed = levels({ key: [rule(1_000)] });
    const { ask, budgets } = await setUp(governed);
    admitted(await ask({ body: { max_tokens: 1_000, ...with_ } }));
    return budgets.statuses(governed)[0]!.reservedNanoUsd;
  };
  expect(await reserved(body)).toBeGreaterThan((await reserved({})) + (factor - 1) * USD * 0.99);
});

test.each([
  ["tools[0]", { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 3 }] }],
  ["tools[1]", { tools: [{ type: "function", function: { name: "f" } }, { type: "code_interpreter" }] }],
  ["web_search_options", { web_search_options: {} }],
  ["tools[0]", { input: [{ type: "additional_tools", tools: [{ type: "code_interpreter" }] }] }],
] as [string, JsonObject][])(
  "a tool of the provider's without a bound on its cost is refused under a budget: %s",
  async (param, body) => {
    const { ask } = await setUp(levels({ key: [rule(1_000)] }));
    const { refused: error, scope } = refused(await ask({ body }));
    expect([error.code, error.param, scope]).toEqual(["invalid_request", param, "call"]);
    const free = await setUp(levels({}));
    admitted(await free.ask({ body }));
  },
);

test.each(["custom", "local_shell", "namespace", "bash_20250124"])(
  "a tool that the client runs has no cost: %s",
  async (type) => {
    const { ask } = await setUp(levels({ key: [rule(1_000)] }));
    admitted(await ask({ body: { tools: [{ type, name: "x" }] } }));
  },
);

test("while the ledger cannot be written no more than the bound waits: new calls get 503, none is lost", async () => {
  const tables = memoryTables();
  const clock = simulatedClock();
  const store = steppedStore(tables);
  let broken = true;
  const ledger = {
    ...store.ledger,
    append: (...args: Parameters<typeof store.ledger.append>) =>
      broken ? Promise.reject(new GatewayError("overloaded", "disk full")) : store.ledger.append(...args),
  };
  const budgets = await openBudgets({ store: { ...store, ledger }, clock, log: () => {} });
  const gate = budgets.gate({ levels: () => levels({}), rates: () => RATES, contextTokens: () => undefined });
  const plan = { target: TARGET, key: "k", kind: "first" } as const;
  for (let n = 0; n < 20_000; n++) admitted(await gate(callOf(clock), plan)).settle({ ...OK, costNanoUsd: 1 });
  expect(refused(await gate(callOf(clock), plan)).refused.code).toBe("overloaded");
  broken = false;
  await clock.advance(2_000);
  await budgets.stop();
  expect(tables.client.query("SELECT sum(cost_nano_usd) AS sum FROM ledger").get()).toEqual({ sum: 20_000 });
  admitted(await gate(callOf(clock), plan));
});
