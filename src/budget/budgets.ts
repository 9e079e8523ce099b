/**
 * Budgets and the ledger as one part that outlives every configuration: what was leased, spent and queued goes on when
 * a reload brings new limits. `gate` belongs to one configuration and is made from its levels.
 */
import type { Gate, Target } from "../canonical/attempt.ts";
import type { Clock, Log } from "../canonical/deps.ts";
import type { RecordSink } from "../canonical/record.ts";
import type { BudgetPort, LedgerPort } from "../store/budget-ports.ts";
import type { AuditEntry } from "../store/ports.ts";
import { createAccounts, NODE } from "./accounts.ts";
import { createBudgetGate } from "./gate.ts";
import { createLedgerWriter } from "./ledger-writer.ts";
import type { Levels } from "./levels.ts";
import type { HighestRates } from "./pricing.ts";
import { createReservations } from "./reservations.ts";
import { type BudgetStatus, createStatus } from "./status.ts";
import { usageSink } from "./usage-sink.ts";
import { endedWindows } from "./windows.ts";

export interface GateOptions {
  /** Those in force: they may change between two calls. */
  levels(): Levels;
  /** Highest prices at a target; null: not known. */
  rates(target: Target): HighestRates | null;
  contextTokens(target: Target): number | undefined;
}

export interface Budgets {
  gate(options: GateOptions): Gate;
  /** Counts calls for the reports. */
  sink: RecordSink;
  /** Budgets of the levels and those users the node knows, from memory, for metrics. */
  statuses(levels: Levels): BudgetStatus[];
  /** The same and every user the store remembers, for `/admin/budgets`. */
  list(levels: Levels): Promise<BudgetStatus[]>;
  /** Takes an uncertain amount off; undefined when there is no such budget. Resolves to nano-USD. */
  release(levels: Levels, id: string, audit?: AuditEntry): Promise<number | undefined>;
  /** Takes off all that was spent; undefined when there is no such budget. Resolves to nano-USD. */
  reset(levels: Levels, id: string, audit?: AuditEntry): Promise<number | undefined>;
  /** Fills in what was spent before this process began. */
  load(levels: Levels): Promise<void>;
  /** Rows on their way into the ledger. */
  queueLength(): number;
  /** Writes what waits, so that a report holds every call that has ended. Rejects when the store cannot be written. */
  flush(): Promise<void>;
  /** Writes what waits and gives leases back. Rejects when the store cannot be written. */
  stop(): Promise<void>;
}

export interface BudgetsOptions {
  store: { budgets: BudgetPort; ledger: LedgerPort };
  clock: Clock;
  log: Log;
}

/** How often leases are looked through for what nobody uses. */
const TIDY_MS = 1_000;

/** How often windows that have ended are dropped: end users come, have theirs, and may never come back. */
const FORGET_MS = 3_600_000;

/** Counts what a killed process left behind as spent, and begins. */
export async function openBudgets({ store, clock, log }: BudgetsOptions): Promise<Budgets> {
  for (const { budget, amountNanoUsd } of await store.budgets.recover(NODE)) {
    log("warn", "after an unclean stop part of a budget is uncertain and counts as spent", { budget, amountNanoUsd });
  }
  const accounts = createAccounts(store.budgets, clock, log);
  const reservations = createReservations(accounts, clock);
  const ledger = createLedgerWriter(store.ledger, clock, log);
  const status = createStatus(accounts, store.budgets, clock);
  let forgetAtMs = 0;
  const forget = () => {
    const nowMs = clock.now();
    if (nowMs < forgetAtMs) return;
    forgetAtMs = nowMs + FORGET_MS;
    store.budgets
      .forget(endedWindows(nowMs))
      .catch((cause) => log("warn", "windows of budgets that have ended could not be dropped", { cause }));
  };
  forget();
  let cancelTidy = () => {};
  const tidy = () => {
    accounts.tidy();
    forget();
    cancelTidy = clock.after(TIDY_MS, tidy);
  };
  cancelTidy = clock.after(TIDY_MS, tidy);
  return {
    gate: (options) => createBudgetGate({ ...options, accounts, reservations, ledger, clock }),
    sink: usageSink(ledger),
    ...status,
    async reset(levels, id, audit) {
      // What is still on its way would count as spent after the reset.
      await ledger.flush();
      return status.reset(levels, id, audit);
    },
    load: (levels) => accounts.load(levels.all),
    queueLength: ledger.queueLength,
    flush: ledger.flush,
    async stop() {
      cancelTidy();
      await ledger.flush();
      await accounts.stop();
    },
  };
}
