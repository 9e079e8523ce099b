import type { Database } from "bun:sqlite";
import { and, eq, gt, inArray, lt } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import { responses } from "./schema/state.ts";

/** Behind ResponsesPort. */
export function responseQueries(client: Database, database: BunSQLiteDatabase) {
  const remove = (ids: string[]) => database.delete(responses).where(inArray(responses.id, ids)).run();
  const putAll = client.transaction((rows: readonly { id: string; sealed: string }[], expiresAtMs: number): void => {
    for (const { id, sealed } of rows) {
      const value = { sealed, expiresAtMs };
      database
        .insert(responses)
        .values({ id, ...value })
        .onConflictDoUpdate({ target: responses.id, set: value })
        .run();
    }
  });
  return {
    get(id: string, nowMs: number): string | null {
      const wanted = and(eq(responses.id, id), gt(responses.expiresAtMs, nowMs));
      return database.select().from(responses).where(wanted).get()?.sealed ?? null;
    },
    put(rows: readonly { id: string; sealed: string }[], expiresAtMs: number): void {
      putAll(rows, expiresAtMs);
    },
    delete(ids: readonly string[]): void {
      remove([...ids]);
    },
    deleteBefore(beforeMs: number, limit: number): number {
      const old = database
        .select({ id: responses.id })
        .from(responses)
        .where(lt(responses.expiresAtMs, beforeMs))
        .limit(limit)
        .all();
      if (old.length > 0) remove(old.map(({ id }) => id));
      return old.length;
    },
  };
}
