import { and, desc, eq, inArray, lt, sql } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import type { AlertFilter, AlertRow } from "../alert-ports.ts";
import type { Page } from "../ports.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { alerts } from "./schema/log.ts";

/** Behind AlertsPort. */
export function alertQueries(database: BunSQLiteDatabase) {
  return {
    put(row: AlertRow, open: boolean): void {
      const { id, rule, firedAtMs } = row;
      database
        .insert(alerts)
        .values({ id, rule, firedAtMs, open, episode: row })
        .onConflictDoUpdate({ target: alerts.id, set: { open, episode: row } })
        .run();
    },

    open(): AlertRow[] {
      const rows = database.select().from(alerts).where(sql`open = 1`).orderBy(alerts.position).all();
      return rows.map(({ episode }) => episode as AlertRow);
    },

    list({ rule, state }: AlertFilter, { limit, cursor }: { limit: number; cursor?: string }): Page<AlertRow> {
      const resolvedAt = sql`json_extract(${alerts.episode}, '$.resolvedAtMs')`;
      const where = and(
        cursor === undefined ? undefined : lt(alerts.position, decodeCursor(cursor)),
        rule === undefined ? undefined : eq(alerts.rule, rule),
        state === undefined ? undefined : state === "firing" ? sql`${resolvedAt} is null` : sql`${resolvedAt} not null`,
      );
      const query = database.select().from(alerts).where(where);
      const rows = query
        .orderBy(desc(alerts.position))
        .limit(limit + 1)
        .all();
      const shown = rows.slice(0, limit);
      const next = rows.length > limit ? encodeCursor(shown.at(-1)!.position) : null;
      return { data: shown.map(({ episode }) => episode as AlertRow), next };
    },

    deleteBefore(beforeMs: number, limit: number): number {
      const old = and(lt(alerts.firedAtMs, beforeMs), eq(alerts.open, false));
      const oldest = database.select({ position: alerts.position }).from(alerts).where(old).limit(limit);
      return database
        .delete(alerts)
        .where(inArray(alerts.position, oldest))
        .returning({ position: alerts.position })
        .all().length;
    },
  };
}
