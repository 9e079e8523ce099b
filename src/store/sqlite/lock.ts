import { Database } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import { cannotOpen } from "./open-error.ts";

/** A process that is just ending may still hold the lock for a moment. */
const WAIT_FOR_LOCK_MS = 500;

/**
 * Makes this process the only server on a data directory, until `release`. The lock is the operating system's, taken
 * by an exclusive transaction on an empty database: `kill -9` frees it, and no stale file can block a start.
 * @throws StoreOpenError when another process serves from the directory.
 */
export function lockDirectory(directory: string): { release(): void } {
  const file = `${directory}/evergate.lock`;
  let database: Database | undefined;
  try {
    closeSync(openSync(file, "a", 0o600));
    database = new Database(file, { readwrite: true });
    database.run(`PRAGMA busy_timeout = ${WAIT_FOR_LOCK_MS}`);
    // Nothing is ever written, so there is nothing that a journal file could roll back.
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    const busy = (error as { code?: unknown }).code === "SQLITE_BUSY";
    throw cannotOpen(
      busy ? directory : file,
      busy ? "another evergate process is running on this data directory" : "the lock file cannot be written",
      error,
      busy,
    );
  }
  const lock = database;
  return {
    release() {
      lock.run("ROLLBACK");
      lock.close();
    },
  };
}
