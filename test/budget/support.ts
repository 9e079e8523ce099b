import { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { type BudgetRule, createLevels, type LevelRules, type Levels } from "../../src/budget/levels.ts";
import type { HighestRates } from "../../src/budget/pricing.ts";
import type { Target } from "../../src/canonical/attempt.ts";
import type { Call, Principal } from "../../src/canonical/call.ts";
import type { JsonObject } from "../../src/canonical/chat.ts";
import type { Clock } from "../../src/canonical/deps.ts";
import { openRecord } from "../../src/canonical/record.ts";
import { openaiChat } from "../../src/dialects/openai-chat/openai-chat.ts";
import type { BudgetPort, LedgerPort } from "../../src/store/budget-ports.ts";
import { budgetQueries } from "../../src/store/sqlite/budgets.ts";
import { ledgerQueries } from "../../src/store/sqlite/ledger.ts";
import { readMigrations } from "../../src/store/sqlite/migrations.macro.ts";
import { usageQueries } from "../../src/store/sqlite/usage.ts";

export const USD = 1_000_000_000;

/** One USD per thousand tokens of either sort: round numbers. */
export const RATES: HighestRates = {
  input: 1_000 * USD,
  cacheRead: 1_000 * USD,
  cacheWrite5m: 1_000 * USD,
  cacheWrite1h: 1_000 * USD,
  output: 1_000 * USD,
  reasoning: 1_000 * USD,
  audioInput: 1_000 * USD,
  audioOutput: 1_000 * USD,
  perRequest: 0,
  perSearch: null,
};

export const TARGET: Target = { name: "openai/gpt-4o", provider: "openai", model: "gpt-4o" };
export const DEAR: Target = { name: "dear/gpt-4o", provider: "dear", model: "gpt-4o" };

export function rule(limitUsd: number, over: Partial<BudgetRule> = {}): BudgetRule {
  return { limitNanoUsd: Math.round(limitUsd * USD), per: "day", model: null, provider: null, rolling: false, ...over };
}

export function levels(of: {
  gateway?: BudgetRule[];
  customer?: BudgetRule[];
  team?: BudgetRule[];
  key?: BudgetRule[];
  perUser?: BudgetRule[];
}): Levels {
  const level = (name: string, budgets: BudgetRule[] = [], perUser: BudgetRule[] = []): LevelRules => ({
    name,
    budgets,
    perUser,
  });
  return createLevels({
    gateway: of.gateway ?? [],
    customers: new Map([["acme", level("acme", of.customer)]]),
    teams: new Map([["search", level("search", of.team)]]),
    keys: new Map([
      ["file:ci", level("ci", of.key, of.perUser)],
      ["file:other", level("other", of.key)],
    ]),
  });
}

function principal(name = "ci"): Principal {
  return { kind: "key", id: `file:${name}`, name, team: "search", customer: "acme", allows: () => true };
}

export interface CallSpec {
  body?: JsonObject;
  key?: string;
  user?: string;
  id?: string;
}

export function callOf(clock: Clock, { body = {}, key = "ci", user, id = "req_1" }: CallSpec = {}): Call {
  const json: JsonObject = { model: "fast", messages: [{ role: "user", content: "hi" }], ...body };
  const record = openRecord({ id, operation: "chat", dialect: "openai-chat", path: "/" }, clock, []);
  return {
    id,
    operation: "chat",
    dialect: "openai-chat",
    principal: principal(key),
    user,
    model: "fast",
    body: {
      json,
      bytes: new TextEncoder().encode(JSON.stringify(json)),
      facts: openaiChat.inspect(json),
      chat: () => openaiChat.parseRequest(json),
    },
    options: { fallback: true, explain: false },
    headers: {},
    signal: new AbortController().signal,
    record,
  };
}

/** The real queries over a database in memory. */
export function memoryTables() {
  const client = new Database(":memory:", { strict: true });
  for (const statement of readMigrations("state").flat()) client.run(statement);
  const database = drizzle(client);
  const ledger = ledgerQueries(client, database);
  return { client, budgets: budgetQueries(client, database), ledger: { ...ledger, ...usageQueries(database) } };
}

export type Tables = ReturnType<typeof memoryTables>;

export interface SteppedStore {
  budgets: BudgetPort;
  ledger: LedgerPort;
  /** Runs the oldest waiting call. False when none waits. */
  step(): boolean;
  /** Whether calls run by themselves, in order, as soon as they are made. */
  automatic: boolean;
}

/** The ports as the worker behind them is: calls run in their order, some time after they were made. */
export function steppedStore({ budgets, ledger }: Tables, automatic = true): SteppedStore {
  const waiting: (() => void)[] = [];
  const later =
    <A extends unknown[], R>(run: (...args: A) => R) =>
    (...args: A): Promise<R> =>
      new Promise((resolve, reject) => {
        waiting.push(() => {
          try {
            resolve(run(...args));
          } catch (error) {
            reject(error);
          }
        });
        if (store.automatic) queueMicrotask(() => store.step());
      });
  const store: SteppedStore = {
    automatic,
    budgets: {
      lease: later(budgets.lease),
      giveBack: later(budgets.giveBack),
      recover: later(budgets.recover),
      forget: later(budgets.forget),
      windows: later(budgets.windows),
      release: later(budgets.release),
      reset: later(budgets.reset),
    },
    ledger: { append: later(ledger.append), usage: later(ledger.usage) },
    step() {
      const next = waiting.shift();
      next?.();
      return next !== undefined;
    },
  };
  return store;
}
