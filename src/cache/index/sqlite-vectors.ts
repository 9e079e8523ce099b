/**
 * Vectors in `cache.db`, searched by sqlite-vec. A context of few vectors is scanned. One of many gets a partition of
 * the vec0 table, which holds one bit a component: its 64 nearest are then ranked by the full vectors. A partition for
 * each small context would fill the disk, since every one of them takes whole chunks.
 */
import type { Database } from "bun:sqlite";
import { toBits } from "./quantise.ts";

/** Vectors of a context that are scanned in less time than an index takes. */
const SCAN_MAX_VECTORS = 256;
/** Rows ranked by their full vectors. */
const PREFILTER_ROWS = 64;
/**
 * sqlite-vec 0.1.9 looks for the nearest in each chunk and merges: at 100,000 rows a search takes 25 ms of CPU in chunks
 * of 64 rows, 11 of 256, 7 of 1,024. A partition has at least 256 rows, so that hardly more than its 56 kB are wasted.
 */
const CHUNK_ROWS = 1_024;
const DIMENSIONS = 384;
const TIDY_STEP_ROWS = 1_000;

export interface StoredVector {
  key: string;
  context: string;
  /** Base64 of 384 signed bytes. */
  vector: string;
}

export interface FoundVector {
  key: string;
  /** JSON of the parsed question. */
  question: string;
  cosine: number;
}

interface Context {
  id: number;
  vectors: number;
  indexed: number;
}

/** `database` has sqlite-vec loaded. */
export function vectorQueries(database: Database) {
  database.run(
    `CREATE VIRTUAL TABLE IF NOT EXISTS vector_bits USING vec0(
      entry INTEGER PRIMARY KEY, context INTEGER PARTITION KEY, bits BIT[${DIMENSIONS}], chunk_size=${CHUNK_ROWS})`,
  );
  const entryOf = database.query<{ id: number }, [Uint8Array]>(
    "SELECT id FROM entries WHERE key = ?1 AND canonical IS NOT NULL",
  );
  const contextOf = database.query<Context, [Uint8Array]>("SELECT id, vectors, indexed FROM contexts WHERE hash = ?1");
  const insertContext = database.query<Context, [Uint8Array]>(
    "INSERT INTO contexts (hash, vectors) VALUES (?1, 0) RETURNING id, vectors, indexed",
  );
  const insertVector = database.query("INSERT OR IGNORE INTO vectors (entry, context, vector) VALUES (?1, ?2, ?3)");
  const countVector = database.query("UPDATE contexts SET vectors = vectors + 1 WHERE id = ?1");
  const insertBits = database.query("INSERT INTO vector_bits (entry, context, bits) VALUES (?1, ?2, vec_bit(?3))");
  const allOf = database.query<{ entry: number; vector: Uint8Array }, [number]>(
    "SELECT entry, vector FROM vectors WHERE context = ?1",
  );
  const markIndexed = database.query("UPDATE contexts SET indexed = 1 WHERE id = ?1");
  const deleteBits = database.query("DELETE FROM vector_bits WHERE entry = ?1");
  const removed = database.query<{ entry: number }, []>(`SELECT entry FROM removed LIMIT ${TIDY_STEP_ROWS}`);
  const forget = database.query("DELETE FROM removed WHERE entry = ?1");
  const ranked = (candidates: string) =>
    database.query<FoundVector, [Int8Array, number, number, number, Uint8Array]>(
      `SELECT lower(hex(e.key)) AS key, e.question AS question, near.cosine AS cosine
       FROM (SELECT v.entry AS entry, 1 - vec_distance_cosine(vec_int8(v.vector), vec_int8(?1)) AS cosine
             FROM vectors v WHERE ${candidates}) near
       JOIN entries e ON e.id = near.entry
       WHERE e.semantic_until_ms > ?3 AND e.question IS NOT NULL
       ORDER BY near.cosine DESC LIMIT ?4`,
    );
  const scan = ranked("v.context = ?2 AND ?5 IS NOT NULL");
  const rescore = ranked(
    `v.entry IN (SELECT entry FROM vector_bits WHERE bits MATCH vec_bit(?5) AND k = ${PREFILTER_ROWS} AND context = ?2)`,
  );

  const tidy = database.transaction((): number => {
    const rows = removed.all();
    for (const { entry } of rows) {
      deleteBits.run(entry);
      forget.run(entry);
    }
    return rows.length;
  });

  const index = (context: Context) => {
    for (const { entry, vector } of allOf.all(context.id)) {
      insertBits.run(entry, context.id, toBits(new Int8Array(vector.buffer, vector.byteOffset, vector.byteLength)));
    }
    markIndexed.run(context.id);
  };

  return {
    /** Vectors of entries that are no longer there are left out. */
    add: database.transaction((rows: readonly StoredVector[]): void => {
      for (const { key, context, vector } of rows) {
        const entry = entryOf.get(Uint8Array.fromHex(key));
        if (!entry) continue;
        const hash = Uint8Array.fromHex(context);
        const home = contextOf.get(hash) ?? insertContext.get(hash)!;
        const bytes = int8Of(vector);
        if (insertVector.run(entry.id, home.id, bytes).changes === 0) continue;
        countVector.run(home.id);
        if (home.indexed) insertBits.run(entry.id, home.id, toBits(bytes));
        else if (home.vectors + 1 > SCAN_MAX_VECTORS) index(home);
      }
    }),

    search(context: string, vector: string, limit: number, nowMs: number): FoundVector[] {
      const home = contextOf.get(Uint8Array.fromHex(context));
      if (!home) return [];
      const bytes = int8Of(vector);
      return (home.indexed ? rescore : scan).all(bytes, home.id, nowMs, limit, toBits(bytes));
    },

    /** Takes deleted entries out of the index. */
    tidy(): void {
      while (tidy() === TIDY_STEP_ROWS);
    },
  };
}

function int8Of(base64: string): Int8Array {
  const bytes = Uint8Array.fromBase64(base64);
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
