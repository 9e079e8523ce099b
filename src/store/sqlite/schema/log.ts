/** Tables of log.db: what may lose its last moments in a power cut (synchronous NORMAL). One section a table. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { HISTOGRAM_BUCKETS } from "../../histogram.ts";

/**
 * The request log, kept under 400 bytes a row with its indexes. `position` is the start in epoch milliseconds × 4096
 * plus a counter: the row's identity, its time, its place in newest-first paging and the retention's range at once.
 * Every index below therefore ends in that order without naming it. Durations are microseconds.
 */
export const requests = sqliteTable(
  "requests",
  {
    position: integer().primaryKey(),
    id: text().notNull(),
    operation: text().notNull(),
    dialect: text().notNull(),
    keyId: text("key_id"),
    keyName: text("key_name"),
    team: text(),
    customer: text(),
    user: text(),
    model: text(),
    provider: text(),
    /** The model's name at the provider; the target is `provider/target_model`. */
    targetModel: text("target_model"),
    stream: integer({ mode: "boolean" }).notNull(),
    status: integer().notNull(),
    code: text(),
    source: text(),
    error: text(),
    finish: text(),
    failover: integer({ mode: "boolean" }).notNull(),
    cache: text().notNull(),
    cacheScore: real("cache_score"),
    /** JSON, see attempts.ts. */
    attempts: text(),
    warnings: text(),
    inputTokens: integer("input_tokens"),
    cacheReadTokens: integer("cache_read_tokens"),
    cacheWrite5mTokens: integer("cache_write_5m_tokens"),
    cacheWrite1hTokens: integer("cache_write_1h_tokens"),
    outputTokens: integer("output_tokens"),
    reasoningTokens: integer("reasoning_tokens"),
    /** JSON of the rare buckets: audio, searches, estimated. */
    usageExtra: text("usage_extra"),
    costNanoUsd: integer("cost_nano_usd"),
    totalUs: integer("total_us").notNull(),
    firstContentUs: integer("first_content_us"),
    overheadUs: integer("overhead_us").notNull(),
    queuedUs: integer("queued_us").notNull(),
    tags: text(),
    session: text(),
    explanation: text(),
  },
  (table) => [
    // Cheap only because ids begin with their time: random ones would touch a page a row (15 µs instead of 1).
    uniqueIndex("requests_id").on(table.id),
    index("requests_model").on(table.model),
    index("requests_provider").on(table.provider),
    index("requests_key_name").on(table.keyName),
    index("requests_team").on(table.team).where(sql`team is not null`),
    // The rare and interesting ones; a successful call costs these nothing.
    index("requests_status").on(table.status).where(sql`status >= 400`),
    index("requests_failover").on(table.failover).where(sql`failover = 1`),
    index("requests_cache").on(table.cache).where(sql`cache in ('exact', 'semantic')`),
  ],
);

/** Under which names the keys in `requests` called: a row's key is indexed by its name alone. */
export const keyNames = sqliteTable(
  "key_names",
  { keyId: text("key_id").notNull(), keyName: text("key_name").notNull() },
  ({ keyId, keyName }) => [primaryKey({ columns: [keyId, keyName] })],
);

/**
 * What was asked and answered, where it is stored. `content_search` (FTS5, in the migration, for Drizzle does not know
 * virtual tables) indexes both texts without a copy of its own; triggers keep it in step.
 */
export const content = sqliteTable("content", {
  /** Of the row in `requests`. */
  position: integer().primaryKey(),
  request: text().notNull(),
  answer: text().notNull(),
});

/** A column a bucket of a histogram. */
const buckets = (name: string) =>
  Object.fromEntries(
    Array.from({ length: HISTOGRAM_BUCKETS }, (_, bucket) => [
      `${name}${bucket}`,
      integer(`${name}_${bucket}`).notNull(),
    ]),
  );

/**
 * Sums of the request log. `detail` 0 has no keys and teams: most charts need none, and read a few rows a bucket
 * instead of one a key. `start` counts minutes since 1970. Made WITHOUT ROWID in the migration: a chart reads one range
 * of the table itself.
 */
export const stats = sqliteTable(
  "stats",
  {
    detail: integer().notNull(),
    /** Minutes that a row spans. */
    grain: integer().notNull(),
    start: integer().notNull(),
    model: text().notNull(),
    provider: text().notNull(),
    /** 2 to 5. */
    status: integer().notNull(),
    failover: integer().notNull(),
    cache: text().notNull(),
    key: text().notNull(),
    team: text().notNull(),
    requests: integer().notNull(),
    inputTokens: integer("input_tokens").notNull(),
    cacheReadTokens: integer("cache_read_tokens").notNull(),
    cacheWriteTokens: integer("cache_write_tokens").notNull(),
    outputTokens: integer("output_tokens").notNull(),
    reasoningTokens: integer("reasoning_tokens").notNull(),
    costNanoUsd: integer("cost_nano_usd").notNull(),
    overheadUs: integer("overhead_us").notNull(),
    ...buckets("first"),
    ...buckets("total"),
  },
  ({ detail, grain, start, model, provider, status, failover, cache, key, team }) => [
    primaryKey({ columns: [detail, grain, start, model, provider, status, failover, cache, key, team] }),
  ],
);

/**
 * Sums of the attempts in the request log: what each target did, whatever the clients saw of it, and where calls went
 * instead. Grain and start as in `stats`, WITHOUT ROWID too.
 */
export const attemptStats = sqliteTable(
  "attempt_stats",
  {
    grain: integer().notNull(),
    start: integer().notNull(),
    model: text().notNull(),
    provider: text().notNull(),
    /** `provider/model`. */
    target: text().notNull(),
    /** `ok`, `cancelled`, `skipped` or a reason of failure. */
    outcome: text().notNull(),
    /** The target tried next, where that was another one; else "". */
    wentTo: text("went_to").notNull(),
    attempts: integer().notNull(),
    ...buckets("first"),
  },
  ({ grain, start, model, provider, target, outcome, wentTo }) => [
    primaryKey({ columns: [grain, start, model, provider, target, outcome, wentTo] }),
  ],
);

/** One row an episode of an alert, from the moment it fires. */
export const alerts = sqliteTable(
  "alerts",
  {
    /** Grows with every episode: the order of the history. */
    position: integer().primaryKey(),
    id: text().notNull(),
    rule: text().notNull(),
    open: integer({ mode: "boolean" }).notNull(),
    firedAtMs: integer("fired_at_ms").notNull(),
    /** JSON: what else the port's row holds, which nothing searches for. */
    episode: text({ mode: "json" }).notNull(),
  },
  (table) => [
    uniqueIndex("alerts_id").on(table.id),
    index("alerts_rule").on(table.rule),
    index("alerts_open").on(table.open).where(sql`open = 1`),
  ],
);

export const evalScores = sqliteTable(
  "eval_scores",
  {
    id: integer().primaryKey(),
    atMs: integer("at_ms").notNull(),
    eval: text().notNull(),
    requestId: text("request_id").notNull(),
    model: text().notNull(),
    provider: text().notNull(),
    /** `provider/model`. */
    target: text().notNull(),
    failover: integer({ mode: "boolean" }).notNull(),
    score: real().notNull(),
    reason: text(),
    costNanoUsd: integer("cost_nano_usd"),
  },
  (table) => [index("eval_scores_at").on(table.atMs), index("eval_scores_request").on(table.requestId)],
);

/** What users said of answers: the last word counts. Which model and target answered is in `requests`. */
export const feedback = sqliteTable(
  "feedback",
  {
    requestId: text("request_id").primaryKey(),
    atMs: integer("at_ms").notNull(),
    keyId: text("key_id"),
    /** -1 to 1. */
    score: real().notNull(),
    comment: text(),
    cachedWrong: integer("cached_wrong", { mode: "boolean" }).notNull(),
  },
  (table) => [index("feedback_at").on(table.atMs)],
);
