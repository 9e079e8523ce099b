/**
 * The tables of `cache.db`. Two threads use the file: one owns entries, the other one, which has the embedding model,
 * searches vectors. A vector goes with its entry by foreign key; what then is left in the index is noted in `removed`
 * by a trigger, because only a connection with sqlite-vec loaded can delete it there.
 */
export const CACHE_MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE entries (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key BLOB NOT NULL UNIQUE,
      space TEXT NOT NULL,
      model TEXT NOT NULL,
      key_id TEXT NOT NULL,
      key_name TEXT NOT NULL,
      text TEXT NOT NULL,
      answer TEXT NOT NULL,
      origin TEXT NOT NULL,
      stored_at_ms INTEGER NOT NULL,
      used_at_ms INTEGER NOT NULL,
      exact_until_ms INTEGER NOT NULL,
      semantic_until_ms INTEGER NOT NULL,
      until_ms INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      canonical BLOB,
      question TEXT
    )`,
    "CREATE INDEX entries_canonical ON entries (canonical) WHERE canonical IS NOT NULL",
    "CREATE INDEX entries_used ON entries (space, used_at_ms)",
    "CREATE INDEX entries_until ON entries (until_ms)",
    "CREATE INDEX entries_semantic_until ON entries (semantic_until_ms) WHERE canonical IS NOT NULL",
    `CREATE TABLE contexts (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      hash BLOB NOT NULL UNIQUE,
      vectors INTEGER NOT NULL,
      indexed INTEGER NOT NULL DEFAULT 0
    )`,
    `CREATE TABLE vectors (
      entry INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
      context INTEGER NOT NULL,
      vector BLOB NOT NULL
    )`,
    "CREATE INDEX vectors_context ON vectors (context)",
    "CREATE TABLE removed (entry INTEGER PRIMARY KEY)",
    `CREATE TRIGGER vectors_removed AFTER DELETE ON vectors BEGIN
      INSERT OR IGNORE INTO removed SELECT old.entry FROM contexts WHERE id = old.context AND indexed = 1;
      UPDATE contexts SET vectors = vectors - 1 WHERE id = old.context;
      DELETE FROM contexts WHERE id = old.context AND vectors <= 0;
    END`,
    "CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
  ],
];
