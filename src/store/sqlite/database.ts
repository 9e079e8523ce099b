/**
 * Opens one SQLite file, or says in one sentence why it cannot be used. Nothing is repaired or thrown away: a file
 * that is damaged or not ours is left exactly as it was found.
 */
import { Database } from "bun:sqlite";
import { chmodSync, closeSync, openSync, statSync } from "node:fs";
import { cannotOpen, StoreOpenError } from "./open-error.ts";

/** "EVGT", so that a foreign database is not taken for an empty one of ours. */
const APPLICATION_ID = 0x45564754;
/** Another connection (the command line) may hold the write lock this long before a write fails. */
const BUSY_TIMEOUT_MS = 5_000;
/** Checking every page takes about 0.1 s per 50 MB; a larger file is checked by its header, schema and first pages. */
const FULL_CHECK_MAX_BYTES = 32 * 1024 * 1024;
/** What a checkpointed write-ahead log may keep on disk. */
const WAL_KEEP_BYTES = 64 * 1024 * 1024;

export interface DatabaseOptions {
  /** FULL survives a power cut with every commit; NORMAL may lose the last ones, but is never corrupt. */
  synchronous: "FULL" | "NORMAL";
  /** Of a new file; SQLite's own 4,096 when absent. */
  pageBytes?: number;
  /** Statements of each migration, oldest first. The file's `user_version` counts those already applied. */
  migrations: readonly (readonly string[])[];
}

/** @throws StoreOpenError naming the file. */
export function openDatabase(file: string, options: DatabaseOptions): Database {
  let database: Database | undefined;
  try {
    if (existsWithContent(file)) check(file);
    // SQLite gives its -wal and -shm files the mode of the database.
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
    database = new Database(file, { readwrite: true, strict: true });
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (options.pageBytes !== undefined) database.run(`PRAGMA page_size = ${options.pageBytes}`);
    database.run("PRAGMA journal_mode = WAL");
    database.run(`PRAGMA synchronous = ${options.synchronous}`);
    database.run("PRAGMA foreign_keys = ON");
    database.run("PRAGMA temp_store = MEMORY");
    database.run(`PRAGMA journal_size_limit = ${WAL_KEEP_BYTES}`);
    migrate(database, file, options.migrations);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StoreOpenError ? error : cannotOpen(file, reasonOf(error), error);
  }
}

/** What the write-ahead log holds is written into the file, and the log emptied. */
export function closeDatabase(client: Database): void {
  try {
    client.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // A full disk: what is in the write-ahead log stays there and is read at the next start.
  }
  client.close();
}

function existsWithContent(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Read-only, because closing a writable connection would write a leftover log into a file we refuse to use. */
function check(file: string): void {
  const database = new Database(file, { readonly: true });
  try {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const tables = numberOf(database, "SELECT count(*) FROM sqlite_schema");
    if (tables > 0 && numberOf(database, "PRAGMA application_id") !== APPLICATION_ID) {
      throw cannotOpen(file, "it is a database of another program");
    }
    if (statSync(file).size > FULL_CHECK_MAX_BYTES) return;
    const found = database.query("PRAGMA quick_check(1)").values()[0]?.[0];
    if (found !== "ok")
      throw cannotOpen(
        file,
        `it is corrupt (${String(found)
          .replace(/^\*.*\*\s*/, "")
          .trim()})`,
      );
  } finally {
    database.close();
  }
}

/** All missing migrations in one transaction: a crash or a full disk leaves the old schema, never half of the new. */
function migrate(database: Database, file: string, migrations: DatabaseOptions["migrations"]): void {
  const apply = database.transaction(() => {
    const applied = numberOf(database, "PRAGMA user_version");
    if (applied > migrations.length) {
      throw cannotOpen(
        file,
        `it was written by a newer version (schema ${applied}, known here: ${migrations.length}); update evergate`,
      );
    }
    if (applied === migrations.length) return;
    for (const statement of migrations.slice(applied).flat()) database.run(statement);
    database.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.run(`PRAGMA user_version = ${migrations.length}`);
  });
  apply.immediate();
}

function numberOf(database: Database, sql: string): number {
  return Number(database.query(sql).values()[0]?.[0]);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  switch (code) {
    case "SQLITE_NOTADB":
      return "it is corrupt or not a database";
    case "SQLITE_CORRUPT":
      return "it is corrupt";
    case "SQLITE_FULL":
    case "ENOSPC":
      return "the disk is full";
    case "SQLITE_READONLY":
    case "SQLITE_CANTOPEN":
    case "SQLITE_PERM":
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "it cannot be read and written; check the permissions of the file and its directory";
    default:
      return `it cannot be opened (${message})`;
  }
}
