import { eq, gt, inArray, lt } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import type { SessionRow } from "../ports.ts";
import { sessions } from "./schema/state.ts";

/** Behind SessionsPort. */
export function sessionQueries(database: BunSQLiteDatabase) {
  const remove = (hashes: readonly string[]): void => {
    if (hashes.length > 0)
      database
        .delete(sessions)
        .where(inArray(sessions.hash, [...hashes]))
        .run();
  };
  return {
    list: (nowMs: number): SessionRow[] =>
      database.select().from(sessions).where(gt(sessions.expiresAtMs, nowMs)).all(),
    insert(row: SessionRow): void {
      database.insert(sessions).values(row).run();
    },
    seen(hash: string, atMs: number): void {
      database.update(sessions).set({ lastSeenAtMs: atMs }).where(eq(sessions.hash, hash)).run();
    },
    delete: remove,
    deleteBefore(beforeMs: number, limit: number): number {
      const query = database.select({ hash: sessions.hash }).from(sessions);
      const old = query.where(lt(sessions.expiresAtMs, beforeMs)).limit(limit).all();
      remove(old.map(({ hash }) => hash));
      return old.length;
    },
  };
}
