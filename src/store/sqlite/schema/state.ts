/** Tables of state.db: what must survive a power cut (synchronous FULL). One section a table. */
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { AuditEntry, SessionRow, StoredLevel } from "../../ports.ts";

/** Small named values: admin token hash, resting keys. */
export const settings = sqliteTable("settings", {
  name: text().primaryKey(),
  value: text().notNull(),
});

/**
 * One window of one budget. What it may still spend is limit − (spent − forgiven) − uncertain − its leases, so a row
 * never needs to know the limit. Ids are never used again: ledger rows name them.
 */
export const budgetWindows = sqliteTable(
  "budget_windows",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    budget: text().notNull(),
    startMs: integer("start_ms").notNull(),
    /** Ledger rows that name this window, summed up in the transaction that wrote them. */
    spentNanoUsd: integer("spent_nano_usd").notNull().default(0),
    /** Taken off by an operator's reset. */
    forgivenNanoUsd: integer("forgiven_nano_usd").notNull().default(0),
    /** Leased by a process that was killed, and not in the ledger: counts as spent until somebody releases it. */
    uncertainNanoUsd: integer("uncertain_nano_usd").notNull().default(0),
  },
  (table) => [uniqueIndex("budget_windows_budget").on(table.budget, table.startMs)],
);

/** What a node holds of a window and has neither written to the ledger nor given back. */
export const leases = sqliteTable(
  "leases",
  {
    window: integer().notNull(),
    node: text().notNull(),
    amountNanoUsd: integer("amount_nano_usd").notNull(),
  },
  (table) => [primaryKey({ columns: [table.window, table.node] })],
);

/**
 * Every attempt that cost money, for ever. Rows are only ever appended; each one's hash covers its content and the
 * hash before it, so a row that was changed, added or taken out in the middle breaks the chain.
 */
export const ledger = sqliteTable("ledger", {
  /** From 1, without gaps. */
  position: integer().primaryKey(),
  atMs: integer("at_ms").notNull(),
  requestId: text("request_id").notNull(),
  attempt: integer().notNull(),
  keyId: text("key_id"),
  keyName: text("key_name"),
  team: text(),
  customer: text(),
  user: text(),
  model: text().notNull(),
  provider: text().notNull(),
  /** The model's name at the provider. */
  targetModel: text("target_model").notNull(),
  costNanoUsd: integer("cost_nano_usd").notNull(),
  /** JSON array of the buckets of Usage in the order of ledger-columns.ts, without trailing zeros. */
  usage: text().notNull(),
  estimated: integer({ mode: "boolean" }).notNull(),
  /** JSON array of ids of budget_windows it counts against. */
  windows: text().notNull(),
  hash: blob({ mode: "buffer" }).notNull(),
});

/** Sums for reports, by hour and by day, kept up in the transaction that writes the ledger. */
export const usage = sqliteTable(
  "usage",
  {
    /** `hour` or `day`. */
    grain: text({ enum: ["hour", "day"] }).notNull(),
    startMs: integer("start_ms").notNull(),
    /** `name=value`, or empty for the row of all calls: a call with two tags is in three rows. */
    tag: text().notNull(),
    team: text().notNull(),
    model: text().notNull(),
    provider: text().notNull(),
    key: text().notNull(),
    customer: text().notNull(),
    requests: integer().notNull(),
    inputTokens: integer("input_tokens").notNull(),
    cacheReadTokens: integer("cache_read_tokens").notNull(),
    cacheWriteTokens: integer("cache_write_tokens").notNull(),
    outputTokens: integer("output_tokens").notNull(),
    reasoningTokens: integer("reasoning_tokens").notNull(),
    costNanoUsd: integer("cost_nano_usd").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.grain,
        table.startMs,
        table.tag,
        table.team,
        table.model,
        table.provider,
        table.key,
        table.customer,
      ],
    }),
  ],
);

/** What keys, teams and customers have in common. Settings are JSON in the configuration's own form. */
const record = () => ({
  id: text().primaryKey(),
  name: text().notNull().unique(),
  budgets: text({ mode: "json" }).$type<StoredLevel["budgets"]>(),
  limits: text({ mode: "json" }).$type<StoredLevel["limits"]>(),
  perUser: text("per_user", { mode: "json" }).$type<StoredLevel["perUser"]>(),
  models: text({ mode: "json" }).$type<string[]>(),
  providers: text({ mode: "json" }).$type<string[]>(),
  tags: text({ mode: "json" }).$type<Record<string, string>>(),
  expires: text(),
  ips: text({ mode: "json" }).$type<string[]>(),
  disabled: integer({ mode: "boolean" }).notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
  version: integer().notNull(),
});

/** Virtual keys made by API. Of the secrets only hashes are kept. */
export const keys = sqliteTable("keys", {
  ...record(),
  hash: text().notNull().unique(),
  prefix: text().notNull(),
  team: text(),
  customer: text(),
  previousHash: text("previous_hash"),
  previousUntilMs: integer("previous_until_ms"),
});

export const teams = sqliteTable("teams", { ...record(), customer: text() });

export const customers = sqliteTable("customers", record());

/** What providers and models have in common. Settings are JSON in the configuration's own form, without secrets. */
const routing = () => ({
  id: text().primaryKey(),
  name: text().notNull().unique(),
  settings: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
  version: integer().notNull(),
});

/** Providers made by API. `sealed`: their keys and header values. */
export const providers = sqliteTable("providers", { ...routing(), sealed: text() });

export const models = sqliteTable("models", routing());

/** Who changed what, for ever: nothing here updates or deletes a row. */
export const audit = sqliteTable("audit", {
  id: integer().primaryKey({ autoIncrement: true }),
  atMs: integer("at_ms").notNull(),
  actor: text().notNull(),
  remoteAddress: text("remote_address"),
  action: text().$type<AuditEntry["action"]>().notNull(),
  resource: text().notNull(),
  resourceId: text("resource_id").notNull(),
  name: text(),
  before: text({ mode: "json" }).$type<Record<string, unknown>>(),
  after: text({ mode: "json" }).$type<Record<string, unknown>>(),
});

/** Answers to calls with an Idempotency-Key, sealed; the id is a hash of principal and key. */
export const answers = sqliteTable(
  "answers",
  {
    id: text().primaryKey(),
    sealed: text().notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [index("answers_expires").on(table.expiresAtMs)],
);

/** Stored responses, and their items, sealed; the id is a hash of principal and id. */
export const responses = sqliteTable(
  "responses",
  {
    id: text().primaryKey(),
    sealed: text().notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [index("responses_expires").on(table.expiresAtMs)],
);

/** Who is signed in. Of the cookies only hashes are kept. */
export const sessions = sqliteTable(
  "sessions",
  {
    hash: text().primaryKey(),
    role: text().$type<SessionRow["role"]>().notNull(),
    team: text(),
    name: text().notNull(),
    mail: text(),
    method: text().notNull(),
    person: text().notNull(),
    basis: text().notNull(),
    csrf: text().notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    lastSeenAtMs: integer("last_seen_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [index("sessions_expires").on(table.expiresAtMs)],
);
