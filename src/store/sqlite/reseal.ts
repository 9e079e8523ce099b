/**
 * Seals everything anew under another master key: one transaction, so that a crash, a full disk or a kill leaves either
 * every row under the old key or every row under the new one.
 */
import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { drizzle } from "drizzle-orm/bun-sqlite";
import type { AuditEntry } from "../ports.ts";
import type { Seal } from "../seal.ts";
import { PROOF_SETTING, proofOf } from "../seal-proof.ts";
import { auditQueries } from "./audit.ts";
import { closeDatabase, openDatabase } from "./database.ts";
import { lockDirectory } from "./lock.ts";
import { readMigrations } from "./migrations.macro.ts" with { type: "macro" };
import { settingQueries } from "./settings.ts";

/** Every column that holds sealed text, and the place that each row's is sealed for. */
export const SEALED_COLUMNS: readonly { table: string; placeOf(id: string): string; lost: "delete" | "clear" }[] = [
  { table: "answers", placeOf: (id) => id, lost: "delete" },
  { table: "responses", placeOf: (id) => id, lost: "delete" },
  { table: "providers", placeOf: (id) => `providers/${id}`, lost: "clear" },
];

export interface Resealing {
  /** Null: lost. */
  from: Seal | null;
  to: Seal;
  audit: AuditEntry;
  onProgress(done: number, total: number): void;
}

export interface Resealed {
  rows: number;
  /** What no key opened: left as it was, or given up where the old key is lost. */
  unread: number;
}

export interface SealedStore {
  /** Under which the present key can prove itself; null where nothing was ever sealed. */
  proof: string | null;
  rows(): number;
  /** Whether a key opens the first row: for stores from before there was a proof. */
  opensAny(seal: Seal): boolean;
  reseal(resealing: Resealing): Resealed;
  /**
   * Writes the file anew: in the unused parts of its pages lies what the old key had sealed, also of rows deleted long
   * ago. Needs as much free disk as the file is large; false where that failed.
   */
  scrub(): boolean;
  close(): void;
}

/** Undefined where there is nothing. Throws StoreOpenError, also while a server runs on the directory. */
export function openSealedStore(directory: string): SealedStore | undefined {
  if (!existsSync(`${directory}/state.db`)) return undefined;
  const lock = lockDirectory(directory);
  let client: Database;
  try {
    client = openDatabase(`${directory}/state.db`, { synchronous: "FULL", migrations: readMigrations("state") });
  } catch (error) {
    lock.release();
    throw error;
  }
  const settings = settingQueries(drizzle(client));
  const total = () => SEALED_COLUMNS.reduce((sum, { table }) => sum + countOf(client, table), 0);
  return {
    proof: settings.get(PROOF_SETTING),
    rows: total,
    opensAny: (seal) =>
      SEALED_COLUMNS.some((column) =>
        chunkOf(client, column.table, "").some((row) => seal.open(row.sealed, column.placeOf(row.id))),
      ),
    reseal(resealing) {
      const all = client.transaction((): Resealed => {
        const counts = { rows: 0, unread: 0, total: total() };
        for (const column of SEALED_COLUMNS) resealTable(client, column, resealing, counts);
        settings.set(PROOF_SETTING, proofOf(resealing.to));
        auditQueries(drizzle(client)).append(resealing.audit);
        return { rows: counts.rows, unread: counts.unread };
      });
      return all.immediate();
    },
    scrub() {
      try {
        client.run("VACUUM");
        return true;
      } catch {
        return false;
      }
    },
    close() {
      closeDatabase(client);
      lock.release();
    },
  };
}

interface Row {
  id: string;
  sealed: string;
}

/** A stored response may be 8 MiB: few at a time. */
const CHUNK_ROWS = 50;

function resealTable(
  client: Database,
  { table, placeOf, lost }: (typeof SEALED_COLUMNS)[number],
  { from, to, onProgress }: Resealing,
  counts: { rows: number; unread: number; total: number },
): void {
  const update = client.query<unknown, [string | null, string]>(`UPDATE ${table} SET sealed = ? WHERE id = ?`);
  const remove = client.query<unknown, [string]>(`DELETE FROM ${table} WHERE id = ?`);
  for (let after = ""; ; ) {
    const rows = chunkOf(client, table, after);
    for (const { id, sealed } of rows) {
      const plain = from?.open(sealed, placeOf(id));
      if (plain) update.run(to.seal(plain, placeOf(id)), id);
      else if (from === null && lost === "delete") remove.run(id);
      else if (from === null) update.run(null, id);
      if (plain) counts.rows += 1;
      else counts.unread += 1;
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    onProgress(counts.rows + counts.unread, counts.total);
  }
}

function chunkOf(client: Database, table: string, after: string): Row[] {
  return client
    .query<Row, [string, number]>(
      `SELECT id, sealed FROM ${table} WHERE id > ? AND sealed IS NOT NULL ORDER BY id LIMIT ?`,
    )
    .all(after, CHUNK_ROWS);
}

function countOf(client: Database, table: string): number {
  return client.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table} WHERE sealed IS NOT NULL`).get()?.n ?? 0;
}
