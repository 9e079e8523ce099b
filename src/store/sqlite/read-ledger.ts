/** Reads the ledger of a data directory beside or without a server: read-only, row by row. */
import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import type { LedgerContent } from "../ledger-hash.ts";
import { cannotOpen } from "./open-error.ts";

export interface StoredLedgerRow extends LedgerContent {
  hash: Uint8Array;
}

export interface LedgerReader {
  /** From the oldest on. */
  rows(): Iterable<StoredLedgerRow>;
  /** What each window that is still kept says was spent. */
  windowTotals(): Map<number, { budget: string; spentNanoUsd: number }>;
  close(): void;
}

const COLUMNS = `position, at_ms AS atMs, request_id AS requestId, attempt, key_id AS keyId, key_name AS keyName, team,
  customer, user, model, provider, target_model AS targetModel, cost_nano_usd AS costNanoUsd, usage, estimated, windows,
  hash`;

/** @throws StoreOpenError naming the file. */
export function readLedger(directory: string): LedgerReader {
  const file = `${directory}/state.db`;
  if (!existsSync(file)) throw cannotOpen(file, "it does not exist");
  let database: Database;
  try {
    database = new Database(file, { readonly: true, strict: true });
    // One state of the file for all that is read, whatever a running server writes meanwhile.
    database.run("BEGIN");
    database.query("SELECT position FROM ledger LIMIT 1").get();
  } catch (error) {
    throw cannotOpen(file, "it is not a database with a ledger", error);
  }
  return {
    *rows() {
      for (const row of database.query(`SELECT ${COLUMNS} FROM ledger ORDER BY position`).iterate()) {
        const { estimated, ...rest } = row as StoredLedgerRow;
        yield { ...rest, estimated: Boolean(estimated) };
      }
    },
    windowTotals() {
      const query = database.query("SELECT id, budget, spent_nano_usd AS spentNanoUsd FROM budget_windows");
      const rows = query.all() as { id: number; budget: string; spentNanoUsd: number }[];
      return new Map(rows.map(({ id, ...total }) => [id, total]));
    },
    close: () => database.close(),
  };
}
