import type { Database } from "bun:sqlite";
import { and, eq, gte, lt, notInArray, sql } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import type { BudgetWindow, Lease, LeaseCall, LeaseRequest } from "../budget-ports.ts";
import { budgetWindows, leases } from "./schema/state.ts";

/** A lease takes at most this part of what rests, unless the call that asks for it needs more. */
const LEASE_SHARE = 20;

/** Behind BudgetPort. The law: spent − forgiven + uncertain + leases ≤ limit, over all windows that count. */
export function budgetQueries(client: Database, database: BunSQLiteDatabase) {
  const { windowOf, committed, grow, shrink, drop } = statements(database);

  const windowFor = ({ budget, startMs, fromMs }: LeaseRequest): number => {
    const known = windowOf.get({ budget, startMs });
    if (known) return known.id;
    forgetEnded(database, budget, fromMs);
    return database.insert(budgetWindows).values({ budget, startMs }).returning({ id: budgetWindows.id }).get().id;
  };

  /** What the store knows of the budget before anything is granted. */
  const look = (request: LeaseRequest) => {
    const { budget, fromMs, limitNanoUsd } = request;
    const window = windowFor(request);
    const { spent, leased } = committed.get({ budget, fromMs })!;
    return { window, spent, rest: Math.max(0, limitNanoUsd - spent - leased) };
  };

  return {
    lease: client.transaction(
      (node: string, requests: readonly LeaseRequest[], calls: readonly LeaseCall[]): Lease[] => {
        const found = requests.map(look);
        const needs = needsOf(
          requests.map(({ freeNanoUsd }, i) => freeNanoUsd + found[i]!.rest),
          calls,
        );
        return found.map(({ window, spent, rest }, i) => {
          const { freeNanoUsd, sliceNanoUsd } = requests[i]!;
          const short = Math.max(0, needs[i]! - freeNanoUsd);
          const slice = Math.min(Math.floor(rest / LEASE_SHARE), sliceNanoUsd - Math.max(0, freeNanoUsd));
          const granted = Math.min(rest, Math.max(short, slice));
          if (granted > 0) grow.run({ window, node, amount: granted });
          return { window, grantedNanoUsd: granted, restNanoUsd: rest - granted, spentNanoUsd: spent };
        });
      },
    ),

    giveBack: client.transaction(
      (node: string, amounts: readonly { window: number; amountNanoUsd: number }[]): void => {
        for (const { window, amountNanoUsd } of amounts) {
          shrink.run({ window, node, amount: amountNanoUsd });
          drop.run({ window, node });
        }
      },
    ),

    recover: client.transaction((node: string) => {
      const held = database
        .select({
          budget: budgetWindows.budget,
          startMs: budgetWindows.startMs,
          amountNanoUsd: leases.amountNanoUsd,
          window: leases.window,
        })
        .from(leases)
        .innerJoin(budgetWindows, eq(budgetWindows.id, leases.window))
        .where(and(eq(leases.node, node), sql`${leases.amountNanoUsd} > 0`))
        .all();
      for (const { window, amountNanoUsd } of held) {
        const uncertainNanoUsd = sql`${budgetWindows.uncertainNanoUsd} + ${amountNanoUsd}`;
        database.update(budgetWindows).set({ uncertainNanoUsd }).where(eq(budgetWindows.id, window)).run();
      }
      database.delete(leases).where(eq(leases.node, node)).run();
      return held.map(({ budget, startMs, amountNanoUsd }) => ({ budget, startMs, amountNanoUsd }));
    }),

    forget(ended: readonly { kind: string; beforeMs: number }[]): void {
      if (ended.length === 0) return;
      const begins = ended.map(({ kind, beforeMs }) => sql`when ${kind} then ${beforeMs}`);
      // One scan for all kinds. What is no JSON compares with NULL, and stays.
      const kind = sql`case when json_valid(${budgetWindows.budget}) then json_extract(${budgetWindows.budget}, '$[#-3]') end`;
      const before = sql`case ${kind} ${sql.join(begins, sql` `)} end`;
      const where = and(sql`${budgetWindows.startMs} < ${before}`, notInArray(budgetWindows.id, leased(database)));
      database.delete(budgetWindows).where(where).run();
    },

    windows(): BudgetWindow[] {
      return database
        .select({
          window: budgetWindows.id,
          budget: budgetWindows.budget,
          startMs: budgetWindows.startMs,
          spentNanoUsd: sql<number>`${budgetWindows.spentNanoUsd} - ${budgetWindows.forgivenNanoUsd} + ${budgetWindows.uncertainNanoUsd}`,
          uncertainNanoUsd: budgetWindows.uncertainNanoUsd,
          leasedNanoUsd: sql<number>`coalesce((select sum(amount_nano_usd) from leases where window = ${budgetWindows.id}), 0)`,
        })
        .from(budgetWindows)
        .all();
    },

    release: client.transaction((budget: string): number => {
      const where = eq(budgetWindows.budget, budget);
      const amount = sql<number>`coalesce(sum(${budgetWindows.uncertainNanoUsd}), 0)`;
      const released = database.select({ amount }).from(budgetWindows).where(where).get()!.amount;
      database.update(budgetWindows).set({ uncertainNanoUsd: 0 }).where(where).run();
      return released;
    }),

    reset: client.transaction((budget: string): number => {
      const where = eq(budgetWindows.budget, budget);
      const amount = sql<number>`coalesce(sum(${budgetWindows.spentNanoUsd} - ${budgetWindows.forgivenNanoUsd} + ${budgetWindows.uncertainNanoUsd}), 0)`;
      const taken = database.select({ amount }).from(budgetWindows).where(where).get()!.amount;
      const forgivenNanoUsd = sql`${budgetWindows.spentNanoUsd}`;
      database.update(budgetWindows).set({ forgivenNanoUsd, uncertainNanoUsd: 0 }).where(where).run();
      return taken;
    }),
  };
}

/**
 * What the calls take of each level. Money that a call cannot have everywhere is left where it is: on a level that is
 * not the tightest it would lie there unused, and after an unclean stop count as spent.
 */
function needsOf(affordable: readonly number[], calls: readonly LeaseCall[]): number[] {
  const rests = [...affordable];
  for (const { requests, amountNanoUsd } of calls) {
    const amount = requests.reduce((least, at) => Math.min(least, Math.max(0, rests[at]!)), amountNanoUsd);
    for (const at of requests) rests[at]! -= amount;
  }
  return rests.map((rest, i) => affordable[i]! - rest);
}

function statements(database: BunSQLiteDatabase) {
  const at = (name: string) => sql.placeholder(name);
  const ofLease = and(eq(leases.window, at("window")), eq(leases.node, at("node")));
  return {
    windowOf: database
      .select({ id: budgetWindows.id })
      .from(budgetWindows)
      .where(and(eq(budgetWindows.budget, at("budget")), eq(budgetWindows.startMs, at("startMs"))))
      .prepare(),
    committed: database
      .select({
        spent: sql<number>`coalesce(sum(${budgetWindows.spentNanoUsd} - ${budgetWindows.forgivenNanoUsd} + ${budgetWindows.uncertainNanoUsd}), 0)`,
        leased: sql<number>`coalesce(sum((select sum(amount_nano_usd) from leases where window = ${budgetWindows.id})), 0)`,
      })
      .from(budgetWindows)
      .where(and(eq(budgetWindows.budget, at("budget")), gte(budgetWindows.startMs, at("fromMs"))))
      .prepare(),
    grow: database
      .insert(leases)
      .values({ window: at("window") as never, node: at("node") as never, amountNanoUsd: at("amount") as never })
      .onConflictDoUpdate({
        target: [leases.window, leases.node],
        set: { amountNanoUsd: sql`${leases.amountNanoUsd} + excluded.amount_nano_usd` },
      })
      .prepare(),
    shrink: database
      .update(leases)
      .set({ amountNanoUsd: sql`${leases.amountNanoUsd} - ${at("amount")}` })
      .where(ofLease)
      .prepare(),
    drop: database
      .delete(leases)
      .where(and(ofLease, eq(leases.amountNanoUsd, 0)))
      .prepare(),
  };
}

/** What no longer counts goes when the next window begins, but for windows with calls that have not been settled. */
function forgetEnded(database: BunSQLiteDatabase, budget: string, fromMs: number): void {
  const ended = and(eq(budgetWindows.budget, budget), lt(budgetWindows.startMs, fromMs));
  database
    .delete(budgetWindows)
    .where(and(ended, notInArray(budgetWindows.id, leased(database))))
    .run();
}

function leased(database: BunSQLiteDatabase) {
  return database.select({ window: leases.window }).from(leases).where(sql`${leases.amountNanoUsd} <> 0`);
}
