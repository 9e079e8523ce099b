import { and, desc, eq, gte, lt } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import type { AuditEntry, AuditFilter, AuditRow, Page } from "../ports.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { audit } from "./schema/state.ts";

/** Behind AuditPort. */
export function auditQueries(database: BunSQLiteDatabase) {
  return {
    append(entry: AuditEntry): void {
      database.insert(audit).values(entry).run();
    },

    list(filter: AuditFilter, { limit, cursor }: { limit: number; cursor?: string }): Page<AuditRow> {
      const { actor, action, resource, resourceId, fromMs, toMs } = filter;
      const where = and(
        cursor === undefined ? undefined : lt(audit.id, decodeCursor(cursor)),
        actor === undefined ? undefined : eq(audit.actor, actor),
        action === undefined ? undefined : eq(audit.action, action as AuditEntry["action"]),
        resource === undefined ? undefined : eq(audit.resource, resource),
        resourceId === undefined ? undefined : eq(audit.resourceId, resourceId),
        fromMs === undefined ? undefined : gte(audit.atMs, fromMs),
        toMs === undefined ? undefined : lt(audit.atMs, toMs),
      );
      const query = database.select().from(audit).where(where);
      const rows = query
        .orderBy(desc(audit.id))
        .limit(limit + 1)
        .all();
      const data = rows.slice(0, limit);
      return { data, next: rows.length > limit ? encodeCursor(data.at(-1)!.id) : null };
    },
  };
}
