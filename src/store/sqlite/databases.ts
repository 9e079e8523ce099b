/** Every table of the store by name: what the worker answers calls to. A new table is one more line here. */
import type { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { drizzle } from "drizzle-orm/bun-sqlite";
import type { AuditEntry } from "../ports.ts";
import { alertQueries } from "./alerts.ts";
import { answerQueries } from "./answers.ts";
import { auditQueries } from "./audit.ts";
import { budgetQueries } from "./budgets.ts";
import { contentQueries } from "./content.ts";
import { closeDatabase, openDatabase } from "./database.ts";
import { ledgerQueries } from "./ledger.ts";
import { lockDirectory } from "./lock.ts";
import { readMigrations } from "./migrations.macro.ts" with { type: "macro" };
import { cannotOpen } from "./open-error.ts";
import { evalQueries, feedbackQueries } from "./quality.ts";
import { recordQueries } from "./records.ts";
import { requestQueries } from "./requests.ts";
import { responseQueries } from "./responses.ts";
import { sessionQueries } from "./sessions.ts";
import { settingQueries } from "./settings.ts";
import { statsQueries } from "./stats.ts";
import { usageQueries } from "./usage.ts";

/** A row of the request log is a twentieth of SQLite's usual page: larger ones have less left over. */
const LOG_PAGE_BYTES = 8_192;

/** Opens the data directory, made with mode 0700 when absent. @throws StoreOpenError */
export function openDatabases(directory: string) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotOpen(directory, "the data directory cannot be created", error);
  }
  const lock = lockDirectory(directory);
  const opened: { close(): void }[] = [{ close: lock.release }];
  const close = () => {
    for (const each of opened.splice(0).reverse()) each.close();
  };
  const open = (file: string, options: Parameters<typeof openDatabase>[1]) => {
    const client = openDatabase(`${directory}/${file}`, options);
    opened.push({ close: () => closeDatabase(client) });
    return client;
  };
  try {
    const state = open("state.db", { synchronous: "FULL", migrations: readMigrations("state") });
    const log = open("log.db", { synchronous: "NORMAL", pageBytes: LOG_PAGE_BYTES, migrations: readMigrations("log") });
    const audit = auditQueries(drizzle(state));
    return {
      tables: {
        settings: settingQueries(drizzle(state)),
        answers: answerQueries(drizzle(state)),
        responses: responseQueries(state, drizzle(state)),
        sessions: sessionQueries(drizzle(state)),
        ...recordQueries(state, drizzle(state), audit.append),
        audit,
        budgets: auditedBudgets(state, budgetQueries(state, drizzle(state)), audit.append),
        ledger: { ...ledgerQueries(state, drizzle(state)), ...usageQueries(drizzle(state)) },
        requests: requestQueries(log, drizzle(log)),
        content: contentQueries(log),
        stats: statsQueries(log),
        alerts: alertQueries(drizzle(log)),
        evals: evalQueries(log, drizzle(log)),
        feedback: feedbackQueries(drizzle(log)),
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** An operator's change of a budget is one transaction with its audit row. */
function auditedBudgets(
  client: Database,
  budgets: ReturnType<typeof budgetQueries>,
  append: (entry: AuditEntry) => void,
) {
  const audited = (change: (budget: string) => number) =>
    client.transaction((budget: string, entry?: AuditEntry): number => {
      if (entry) append(entry);
      return change(budget);
    });
  return { ...budgets, release: audited(budgets.release), reset: audited(budgets.reset) };
}
