import type { Database } from "bun:sqlite";
import { and, eq, sql } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import { GatewayError } from "../../canonical/errors.ts";
import type { AuditEntry, CustomerRow, KeyRow, RecordIdentity, RecordPort, TeamRow } from "../ports.ts";
import type { RoutingRow } from "../routing-ports.ts";
import { customers, keys, models, providers, teams } from "./schema/state.ts";

/** Behind a RecordPort, inside the store's thread. */
export type RecordQueries<Row extends RecordIdentity> = {
  [Method in keyof RecordPort<Row>]: (
    ...args: Parameters<RecordPort<Row>[Method]>
  ) => Awaited<ReturnType<RecordPort<Row>[Method]>>;
};

type Table = typeof keys | typeof teams | typeof customers | typeof providers | typeof models;
type Audit = (entry: AuditEntry) => void;

/** Everything made by API: one set of queries, since it differs in columns alone. `audit` writes in the same transaction. */
export function recordQueries(client: Database, database: BunSQLiteDatabase, audit: Audit) {
  return {
    keys: queriesOf<KeyRow>(client, database, keys, audit),
    teams: queriesOf<TeamRow>(client, database, teams, audit),
    customers: queriesOf<CustomerRow>(client, database, customers, audit),
    providers: queriesOf<RoutingRow>(client, database, providers, audit),
    models: queriesOf<RoutingRow>(client, database, models, audit),
  };
}

function queriesOf<Row extends RecordIdentity>(
  client: Database,
  database: BunSQLiteDatabase,
  table: Table,
  audit: Audit,
): RecordQueries<Row> {
  const inVersion = (id: string, version: number) => and(eq(table.id, id), eq(table.version, version));
  return {
    // Oldest first, also those of one millisecond: the order of providers decides who serves a name.
    list: () => database.select().from(table).orderBy(table.createdAtMs, sql`rowid`).all() as unknown as Row[],

    insert: client.transaction((row: Row, entry: AuditEntry): void => {
      const taken = database.select({ id: table.id }).from(table).where(eq(table.name, row.name)).get();
      if (taken) throw new GatewayError("conflict", `The name "${row.name}" is taken.`, { param: "name" });
      database
        .insert(table)
        .values(row as never)
        .run();
      audit(entry);
    }),

    update: client.transaction((row: Row, entry: AuditEntry): void => {
      const changed = database
        .update(table)
        .set(row as never)
        .where(inVersion(row.id, row.version - 1))
        .returning({ id: table.id })
        .all();
      if (changed.length === 0) throw changedMeanwhile();
      audit(entry);
    }),

    delete: client.transaction((id: string, version: number, entry: AuditEntry): void => {
      const deleted = database.delete(table).where(inVersion(id, version)).returning({ id: table.id }).all();
      if (deleted.length === 0) throw changedMeanwhile();
      audit(entry);
    }),
  };
}

function changedMeanwhile(): GatewayError {
  return new GatewayError("precondition_failed", "It has been changed in the meantime; read it again.");
}
