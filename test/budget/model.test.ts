/**
 * The law of budgets under every interleaving: what was spent, plus what is reserved, never passes a limit, on no
 * level, in no window, whatever is admitted, aborted, failed over, settled, killed and started again in between.
 * What was in flight at a kill is taken at its worst: as if the provider had billed all that was reserved.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { costAt, upperBound } from "../../src/budget/bound.ts";
import { type Budgets, openBudgets } from "../../src/budget/budgets.ts";
import { counts, type Levels } from "../../src/budget/levels.ts";
import { type Period, windowAt } from "../../src/budget/windows.ts";
import type { Admission, Gate, Target } from "../../src/canonical/attempt.ts";
import type { Call } from "../../src/canonical/call.ts";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import {
  callOf,
  DEAR,
  levels,
  memoryTables,
  RATES,
  rule,
  type SteppedStore,
  steppedStore,
  TARGET,
  type Tables,
} from "./support.ts";

const DEAR_RATES = { ...RATES, input: 7 * RATES.input, output: 7 * RATES.output };
const ratesOf = (target: Target) => (target === DEAR ? DEAR_RATES : RATES);

const GOVERNED = levels({
  gateway: [rule(40), rule(90, { per: "month" })],
  customer: [rule(30, { per: "hour" })],
  team: [rule(25), rule(9, { per: "minute" }), rule(12, { provider: "dear", per: "total" })],
  key: [rule(20, { per: "hour", rolling: true }), rule(15, { per: "minute", rolling: true })],
  perUser: [rule(6, { per: "hour" })],
});

type Step =
  | { do: "admit"; key: "ci" | "other"; target: Target; maxTokens: number | null; user: string | null }
  | { do: "settle"; which: number; share: number; how: "ok" | "failed" | "cancelled" }
  | { do: "store"; calls: number }
  | { do: "advance"; ms: number }
  | { do: "crash" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("admit" as const),
      key: fc.constantFrom("ci" as const, "other" as const),
      target: fc.constantFrom(TARGET, DEAR),
      maxTokens: fc.option(fc.integer({ min: 1, max: 4_000 })),
      user: fc.option(fc.constantFrom("alice", "bob")),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: fc.nat(20),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      how: fc.constantFrom("ok" as const, "ok" as const, "failed" as const, "cancelled" as const),
    }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("store" as const), calls: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      ms: fc.constantFrom(1, 60, 900, 20_000, 61_000, 3_700_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
);

interface Flight {
  admission: Admission;
  amount: number;
  charges: Charge[];
}

interface Charge {
  atMs: number;
  amount: number;
}

const ROLLING_MS: Partial<Record<Period, number>> = { minute: 60_000, hour: 3_600_000 };

async function run(steps: readonly Step[]): Promise<void> {
  const world = await openWorld();
  for (const each of steps) {
    await perform(world, each);
    world.check();
  }
  await world.rest();
}

async function openWorld() {
  const clock = simulatedClock();
  const tables: Tables = memoryTables();
  let store: SteppedStore;
  let budgets: Budgets;
  let gate: Gate;
  let generation = 0;
  let admitted = 0;
  /** Money held, and then gone, by budget and time: kept by this test alone. */
  const book = new Map<string, Charge[]>();
  let flights: Flight[] = [];

  const open = async () => {
    store = steppedStore(tables);
    budgets = await openBudgets({ store, clock, log: () => {} });
    gate = budgets.gate({ levels: () => GOVERNED, rates: ratesOf, contextTokens: () => undefined });
    store.automatic = false;
  };
  await open();

  const took = (call: Call, target: Target, admission: Admission, atMs: number): void => {
    const bound = upperBound(call, ratesOf(target), { cap: undefined, contextTokens: undefined, model: target.model });
    const amount = costAt(bound, admission.maxOutputTokens ?? call.body.facts.maxOutputTokens ?? bound.maxOutputTokens);
    const charges = GOVERNED.of(call.principal, call.user)
      .filter((budget) => counts(budget, call.model, target))
      .map(({ id }) => {
        const charge = { atMs, amount };
        book.set(id, [...(book.get(id) ?? []), charge]);
        return charge;
      });
    flights.push({ admission, amount, charges });
  };

  const world = {
    clock,
    get flights() {
      return flights;
    },
    admit(call: Call, target: Target) {
      const mine = generation;
      const verdict = gate(call, { target, key: "k", kind: "first" });
      // The money was taken when the gate's answer was made, which may be before this turn sees it.
      const seen = (answer: Awaited<ReturnType<Gate>>) => {
        if (mine !== generation) return;
        if ("refused" in answer) expect(["budget_exceeded", "overloaded"]).toContain(answer.refused.code);
        else {
          admitted += 1;
          took(call, target, answer, clock.now());
        }
      };
      if (verdict instanceof Promise) void verdict.then(seen);
      else seen(verdict);
    },
    settle(flight: Flight, cost: number) {
      flights = flights.filter((other) => other !== flight);
      for (const charge of flight.charges) charge.amount = cost;
    },
    step: () => store.step(),
    async crash() {
      generation += 1;
      // What was held stays in the book at its full amount: the worst a provider may bill.
      flights = [];
      await open();
    },
    /** spent + reserved ≤ limit, everywhere and always. */
    check() {
      const now = clock.now();
      for (const { id, per, rolling, limitNanoUsd } of budgetsEver(GOVERNED)) {
        const sinceMs = rolling ? now - ROLLING_MS[per]! : windowAt(per, false, now).startMs;
        const counted = (book.get(id) ?? []).filter(({ atMs }) => atMs >= sinceMs);
        expect(counted.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(limitNanoUsd);
      }
    },
    /** All settled and stopped cleanly: nothing reserved, nothing leased, and the totals are the ledger's. */
    async rest() {
      store.automatic = true;
      while (store.step());
      await clock.advance(0);
      for (const flight of flights) {
        flight.admission.settle({ ok: true, costNanoUsd: flight.amount, contentSeen: true, cancelled: false });
        world.settle(flight, flight.amount);
      }
      for (const { reservedNanoUsd } of budgets.statuses(GOVERNED)) expect(reservedNanoUsd).toBe(0);
      await budgets.stop();
      const { client } = tables;
      expect(client.query("SELECT count(*) AS n FROM leases WHERE amount_nano_usd <> 0").get()).toEqual({ n: 0 });
      const windows = client.query("SELECT id, spent_nano_usd AS spent FROM budget_windows").all() as {
        id: number;
        spent: number;
      }[];
      const rows = client.query("SELECT cost_nano_usd AS cost, windows FROM ledger").all() as {
        cost: number;
        windows: string;
      }[];
      const sums = new Map<number, number>();
      for (const { cost, windows: ids } of rows) {
        for (const id of JSON.parse(ids) as number[]) sums.set(id, (sums.get(id) ?? 0) + cost);
      }
      for (const { id, spent: total } of windows) expect([id, total]).toEqual([id, sums.get(id) ?? 0]);
    },
    get admitted() {
      return admitted;
    },
  };
  return world;
}

function budgetsEver(of: Levels) {
  const users = ["alice", "bob"].flatMap((user) => of.of(callOf(simulatedClock(), { user }).principal, user));
  return new Map([...of.all, ...users].map((budget) => [budget.id, budget])).values();
}

async function perform(world: Awaited<ReturnType<typeof openWorld>>, each: Step): Promise<void> {
  switch (each.do) {
    case "admit": {
      const body: JsonObject = each.maxTokens === null ? {} : { max_tokens: each.maxTokens };
      world.admit(callOf(world.clock, { body, key: each.key, user: each.user ?? undefined }), each.target);
      break;
    }
    case "settle": {
      const flight = world.flights[each.which % Math.max(1, world.flights.length)];
      if (!flight) break;
      const costNanoUsd = each.how === "failed" ? 0 : Math.floor(flight.amount * each.share);
      const outcome = {
        ok: each.how === "ok",
        costNanoUsd,
        contentSeen: each.how !== "failed",
        cancelled: each.how === "cancelled",
      };
      flight.admission.settle(outcome);
      flight.admission.settle({ ...outcome, costNanoUsd: flight.amount });
      world.settle(flight, costNanoUsd);
      break;
    }
    case "store":
      for (let call = 0; call < each.calls; call++) world.step();
      break;
    case "advance":
      await world.clock.advance(each.ms);
      break;
    case "crash":
      await world.crash();
      break;
    default:
      each satisfies never;
  }
  // What the store answered reaches those who wait for it.
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}

test("no interleaving of calls, kills and turning windows spends more than a limit", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => run(steps)),
    { numRuns: Number(process.env["MODEL_RUNS"] ?? 60), seed: Number(process.env["MODEL_SEED"] ?? 7) },
  );
}, 300_000);
