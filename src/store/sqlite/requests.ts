import type { Database } from "bun:sqlite";
import { and, desc, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import { getTableColumns } from "drizzle-orm/utils";
import { GatewayError } from "../../canonical/errors.ts";
import type { Page, RequestFilter, RequestRow } from "../ports.ts";
import { attemptStatsWriter } from "./attempt-stats-writer.ts";
import { contentQueries } from "./content.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { keyNameQueries } from "./key-names.ts";
import { POSITIONS_PER_MS, positionOf, toColumns, toRow } from "./request-columns.ts";
import { requestConditions } from "./request-filter.ts";
import { requests } from "./schema/log.ts";
import { statsWriter } from "./stats-writer.ts";

const MAX_PAGE_ROWS = 1_000;
/** A text search reads at most this many rows a page, so that it cannot hold up the writer for seconds. */
const SCAN_MAX_ROWS = 50_000;

/** Behind RequestLogPort. `client` is the connection below `database`: batches go past the query builder for speed. */
export function requestQueries(client: Database, database: BunSQLiteDatabase) {
  const insert = insertStatement(client, database);
  const contents = contentQueries(client);
  const addToStats = statsWriter(client);
  const addToAttempts = attemptStatsWriter(client);
  const keys = keyNameQueries(client);
  let counter = 0;

  /** False when a row of this id is there already. */
  const insertRow = (row: RequestRow): boolean => {
    const columns = toColumns(row);
    for (let tries = 1; ; tries++) {
      counter = (counter + 1) % POSITIONS_PER_MS;
      const position = positionOf(row.startedAtMs) + counter;
      try {
        const isNew = insert({ ...columns, position });
        if (isNew) keys.note(row);
        if (isNew && row.content) contents.insert(position, row.content);
        return isNew;
      } catch (error) {
        // Only when the clock was set back over rows already written, or by very many calls in one millisecond.
        if (!isPositionTaken(error) || tries >= POSITIONS_PER_MS) throw error;
      }
    }
  };

  const appendAll = client.transaction((rows: readonly RequestRow[]): void => {
    const added = rows.filter(insertRow);
    addToStats(added);
    addToAttempts(added);
  });

  return {
    /** All rows or none. A row whose id is already there is left alone, so that a batch may be sent again. */
    append(rows: readonly RequestRow[]): void {
      try {
        appendAll(rows);
      } catch (error) {
        keys.forget();
        throw error;
      }
    },

    list(filter: RequestFilter, page: { limit: number; cursor?: string }): Page<RequestRow> {
      checkLimit(page.limit);
      const { alternatives, text } = requestConditions(filter, keys.namesOf);
      const before = page.cursor === undefined ? undefined : lt(requests.position, decodeCursor(page.cursor));
      const found = new Set<number>();
      let searchedTo = 0;
      for (const alternative of alternatives) {
        const within = and(alternative, before);
        const from = text ? endOfScan(database, within) : 0;
        searchedTo = Math.max(searchedTo, from);
        const where = and(within, text?.(from), from > 0 ? gte(requests.position, from) : undefined);
        for (const position of newest(database, where, page.limit + 1)) found.add(position);
      }
      const inOrder = [...found].filter((position) => position >= searchedTo).sort((a, b) => b - a);
      const shown = inOrder.slice(0, page.limit);
      const next = inOrder.length > page.limit ? shown.at(-1)! : searchedTo;
      return { data: rowsAt(database, shown), next: next > 0 ? encodeCursor(next) : null };
    },

    get(id: string): RequestRow | null {
      const found = database.select().from(requests).where(eq(requests.id, id)).get();
      if (!found) return null;
      const content = contents.at(found.position);
      return { ...toRow(found), ...(content && { content }) };
    },

    deleteBefore: (beforeMs: number, limit: number): number =>
      deleteOldest(database, lt(requests.position, positionOf(beforeMs)), limit),

    deleteBeyond(maxBytes: number, limit: number): number {
      if (usedBytes(client) <= maxBytes) return 0;
      return contents.deleteBefore(Number.MAX_SAFE_INTEGER, limit) || deleteOldest(database, undefined, limit);
    },
  };
}

function deleteOldest(database: BunSQLiteDatabase, where: SQL | undefined, limit: number): number {
  const { position } = requests;
  const oldest = database.select({ position }).from(requests).where(where).orderBy(position).limit(limit);
  return database.delete(requests).where(inArray(position, oldest)).returning({ position }).all().length;
}

/** Pages with something on them: what was deleted is written over before the file grows again. */
function usedBytes(client: Database): number {
  const pragma = (name: string) => Number(client.query(`PRAGMA ${name}`).values()[0]?.[0]);
  return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}

/** The statement's text comes from the schema, so that the two cannot get out of step. */
function insertStatement(client: Database, database: BunSQLiteDatabase) {
  type NewRow = typeof requests.$inferSelect;
  const names = Object.keys(getTableColumns(requests)) as (keyof NewRow)[];
  const placeholders = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));
  const query = database
    .insert(requests)
    .values(placeholders as unknown as NewRow)
    .onConflictDoNothing({ target: requests.id })
    .toSQL();
  const statement = client.prepare(query.sql);
  return (row: NewRow): boolean => statement.run(...names.map((name) => row[name])).changes > 0;
}

function isPositionTaken(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "SQLITE_CONSTRAINT_ROWID";
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_ROWS) return;
  throw new GatewayError("invalid_request", `limit must be a whole number from 1 to ${MAX_PAGE_ROWS}.`, {
    param: "limit",
  });
}

/** Positions of the newest rows, from the narrowest index alone. */
function newest(database: BunSQLiteDatabase, where: SQL | undefined, limit: number): number[] {
  const query = database.select({ position: requests.position }).from(requests).where(where);
  return query
    .orderBy(desc(requests.position))
    .limit(limit)
    .all()
    .map((row) => row.position);
}

/** Position down to which a search may go in one page; 0 when it may go to the end. */
function endOfScan(database: BunSQLiteDatabase, within: SQL | undefined): number {
  const query = database.select({ position: requests.position }).from(requests).where(within);
  const last = query
    .orderBy(desc(requests.position))
    .limit(1)
    .offset(SCAN_MAX_ROWS - 1)
    .get();
  return last?.position ?? 0;
}

function rowsAt(database: BunSQLiteDatabase, positions: number[]): RequestRow[] {
  const query = database.select().from(requests).where(inArray(requests.position, positions));
  return query.orderBy(desc(requests.position)).all().map(toRow);
}
