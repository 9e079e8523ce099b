import { eq, inArray, lt } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import { answers } from "./schema/state.ts";

/** Behind AnswersPort. */
export function answerQueries(database: BunSQLiteDatabase) {
  return {
    get(id: string, nowMs: number): string | null {
      const row = database.select().from(answers).where(eq(answers.id, id)).get();
      return row && row.expiresAtMs > nowMs ? row.sealed : null;
    },
    put(id: string, sealed: string, expiresAtMs: number): void {
      const value = { sealed, expiresAtMs };
      database
        .insert(answers)
        .values({ id, ...value })
        .onConflictDoUpdate({ target: answers.id, set: value })
        .run();
    },
    deleteBefore(beforeMs: number, limit: number): number {
      const old = database
        .select({ id: answers.id })
        .from(answers)
        .where(lt(answers.expiresAtMs, beforeMs))
        .limit(limit)
        .all();
      if (old.length > 0) {
        database
          .delete(answers)
          .where(
            inArray(
              answers.id,
              old.map(({ id }) => id),
            ),
          )
          .run();
      }
      return old.length;
    },
  };
}
