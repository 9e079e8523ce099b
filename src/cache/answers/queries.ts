/** What the cache asks of `cache.db`, but for vectors. */
import type { Database, SQLQueryBindings } from "bun:sqlite";
import { type EntryRow, sizeOf } from "./rows.ts";

export interface Bounds {
  maxBytes: number;
  /** Entries that are found by meaning. */
  maxSemantic: number;
}

/** All that are given hold together. */
export interface PurgeFilter {
  id?: string;
  /** Name or id of a virtual key. */
  key?: string;
  storedBeforeMs?: number;
  /** Part of the question or of the answer; ASCII case does not count. */
  text?: string;
}

export interface SpaceStatistics {
  space: string;
  entries: number;
  /** Those that are found by meaning. */
  semanticEntries: number;
  /** Of these, those with a vector: the others are found by their canonical form alone. */
  indexedEntries: number;
  bytes: number;
}

interface Found {
  exact: EntryRow | null;
  canonical: EntryRow | null;
}

const COLUMNS = `lower(hex(key)) AS key, space, model, key_id AS keyId, key_name AS keyName, text, answer, origin,
  stored_at_ms AS storedAtMs, exact_until_ms AS exactUntilMs, semantic_until_ms AS semanticUntilMs,
  nullif(lower(hex(canonical)), '') AS canonical, question`;

/** Entries deleted in one step: longer ones would keep look-ups waiting. */
const SWEEP_LIMIT = 1_000;

export function entryQueries(database: Database) {
  const bySpace = new Map<string, { bytes: number; semantic: number }>();
  for (const { space, bytes, semanticEntries } of statistics(database)) {
    bySpace.set(space, { bytes, semantic: semanticEntries });
  }
  const totals = (space: string) => {
    let own = bySpace.get(space);
    if (!own) {
      own = { bytes: 0, semantic: 0 };
      bySpace.set(space, own);
    }
    return own;
  };
  const byKey = database.query<EntryRow, [Uint8Array, number]>(
    `SELECT ${COLUMNS} FROM entries WHERE key = ?1 AND until_ms > ?2`,
  );
  const byCanonical = database.query<EntryRow, [Uint8Array, number]>(
    `SELECT ${COLUMNS} FROM entries WHERE canonical = ?1 AND semantic_until_ms > ?2 ORDER BY id DESC LIMIT 1`,
  );
  const insert = database.query(
    `INSERT INTO entries (key, space, model, key_id, key_name, text, answer, origin, stored_at_ms, used_at_ms,
      exact_until_ms, semantic_until_ms, until_ms, bytes, canonical, question)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11, max(?10, ?11), ?12, ?13, ?14)`,
  );
  const use = database.query("UPDATE entries SET used_at_ms = ?2 WHERE key = ?1");

  /** Deletes by condition; resolves to the keys. */
  const remove = (where: string, ...values: SQLQueryBindings[]): string[] => {
    const gone = database
      .query<{ key: string; space: string; bytes: number; semantic: number }, SQLQueryBindings[]>(
        `DELETE FROM entries WHERE ${where}
         RETURNING lower(hex(key)) AS key, space, bytes, canonical IS NOT NULL AS semantic`,
      )
      .all(...values);
    for (const { space, bytes, semantic } of gone) {
      const own = totals(space);
      own.bytes -= bytes;
      own.semantic -= semantic;
    }
    return gone.map(({ key }) => key);
  };

  /** From here on only equal requests find them. */
  const forgetMeaning = (ids: string, ...values: SQLQueryBindings[]): void => {
    database.query(`DELETE FROM vectors WHERE entry IN (${ids})`).run(...values);
    const stripped = database
      .query<{ space: string }, SQLQueryBindings[]>(
        `UPDATE entries SET canonical = NULL, question = NULL, semantic_until_ms = 0, until_ms = exact_until_ms
         WHERE id IN (${ids}) AND canonical IS NOT NULL RETURNING space`,
      )
      .all(...values);
    for (const { space } of stripped) totals(space).semantic -= 1;
  };

  const evict = (space: string, { maxBytes, maxSemantic }: Bounds): string[] => {
    const own = totals(space);
    const removed: string[] = [];
    while (own.bytes > maxBytes) {
      const oldest = "SELECT id FROM entries WHERE space = ?1 ORDER BY used_at_ms, id LIMIT 1";
      const gone = remove(`id = (${oldest})`, space);
      if (gone.length === 0) break;
      removed.push(...gone);
    }
    if (own.semantic > maxSemantic) {
      const tooMany = `SELECT id FROM entries WHERE space = ?1 AND canonical IS NOT NULL ORDER BY used_at_ms, id LIMIT ?2`;
      forgetMeaning(tooMany, space, own.semantic - maxSemantic);
    }
    return removed;
  };

  return {
    find(key: string, canonical: string | null, nowMs: number): Found {
      const row = byKey.get(bytesOf(key), nowMs);
      const exact = row && row.exactUntilMs > nowMs ? row : null;
      return { exact, canonical: exact || canonical === null ? null : byCanonical.get(bytesOf(canonical), nowMs) };
    },

    get(key: string, nowMs: number): EntryRow | null {
      return byKey.get(bytesOf(key), nowMs);
    },

    /** Replaces entries of the same key. Resolves to the keys that had to go for it. */
    put: database.transaction((rows: readonly EntryRow[], bounds: Record<string, Bounds>): string[] => {
      for (const row of rows) {
        remove("key = ?1", bytesOf(row.key));
        const bytes = sizeOf(row);
        insert.run(
          bytesOf(row.key),
          row.space,
          row.model,
          row.keyId,
          row.keyName,
          row.text,
          row.answer,
          row.origin,
          row.storedAtMs,
          row.exactUntilMs,
          row.semanticUntilMs,
          bytes,
          row.canonical === null ? null : bytesOf(row.canonical),
          row.question,
        );
        const own = totals(row.space);
        own.bytes += bytes;
        own.semantic += row.canonical === null ? 0 : 1;
      }
      return Object.entries(bounds).flatMap(([space, bound]) => evict(space, bound));
    }),

    touch: database.transaction((keys: readonly string[], nowMs: number): void => {
      for (const key of keys) use.run(bytesOf(key), nowMs);
    }),

    /** What has expired, at most a thousand entries a call. */
    sweep: database.transaction((nowMs: number): string[] => {
      forgetMeaning(
        `SELECT id FROM entries WHERE canonical IS NOT NULL AND semantic_until_ms <= ?1 LIMIT ${SWEEP_LIMIT}`,
        nowMs,
      );
      return remove(`id IN (SELECT id FROM entries WHERE until_ms <= ?1 LIMIT ${SWEEP_LIMIT})`, nowMs);
    }),

    /** How many a purge would take out. */
    count(filter: PurgeFilter): number {
      const { where, values } = conditionOf(filter);
      const counting = database.prepare<{ entries: number }, typeof values>(
        `SELECT count(*) AS entries FROM entries WHERE ${where}`,
      );
      try {
        return counting.get(...values)!.entries;
      } finally {
        counting.finalize();
      }
    },

    purge(filter: PurgeFilter): string[] {
      const { where, values } = conditionOf(filter);
      const gone = database.transaction(() => remove(where, ...values))();
      // What was deleted on purpose must not lie in the write-ahead log until the next checkpoint.
      if (gone.length > 0) database.run("PRAGMA wal_checkpoint(TRUNCATE)");
      return gone;
    },

    statistics: () => statistics(database),
  };
}

/** Small named values: evidence, totals. */
export function noteQueries(database: Database) {
  const set = database.query(
    "INSERT INTO notes VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  return {
    all: (): Record<string, string> =>
      Object.fromEntries(
        database
          .query<{ name: string; value: string }, []>("SELECT name, value FROM notes")
          .all()
          .map(({ name, value }) => [name, value]),
      ),
    set: database.transaction((values: Record<string, string>): void => {
      for (const [name, value] of Object.entries(values)) set.run(name, value);
    }),
  };
}

function statistics(database: Database): SpaceStatistics[] {
  return database
    .query<SpaceStatistics, []>(
      `SELECT space, count(*) AS entries, count(canonical) AS semanticEntries, count(entry) AS indexedEntries,
         sum(bytes) AS bytes
       FROM entries LEFT JOIN vectors ON entry = id GROUP BY space ORDER BY space`,
    )
    .all();
}

function conditionOf({ id, key, storedBeforeMs, text }: PurgeFilter): { where: string; values: SQLQueryBindings[] } {
  const conditions: string[] = [];
  const values: SQLQueryBindings[] = [];
  const place = (value: SQLQueryBindings) => `?${values.push(value)}`;
  if (id !== undefined) conditions.push(`key = ${place(bytesOf(id))}`);
  if (key !== undefined) {
    const at = place(key);
    conditions.push(`(key_name = ${at} OR key_id = ${at})`);
  }
  if (storedBeforeMs !== undefined) conditions.push(`stored_at_ms < ${place(storedBeforeMs)}`);
  if (text !== undefined) {
    // Answers are JSON: a quotation mark or a line break looks different there.
    const escaped = JSON.stringify(text).slice(1, -1);
    conditions.push(
      `(instr(lower(text), lower(${place(text)})) > 0 OR instr(lower(answer), lower(${place(escaped)})) > 0)`,
    );
  }
  return { where: conditions.length === 0 ? "false" : conditions.join(" AND "), values };
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}
