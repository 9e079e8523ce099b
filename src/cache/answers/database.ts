import type { Database } from "bun:sqlite";
import { openDatabase } from "../../store/sqlite/database.ts";
import { CACHE_MIGRATIONS } from "./schema.ts";

/** Opens `cache.db`. Deleted content is overwritten, not just forgotten. @throws StoreOpenError naming the file. */
export function openCacheDatabase(path: string): Database {
  const database = openDatabase(path, { synchronous: "NORMAL", migrations: CACHE_MIGRATIONS });
  database.run("PRAGMA secure_delete = ON");
  return database;
}
