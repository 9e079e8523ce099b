/** Sums for reports. A batch is summed up in memory first: its calls mostly fall into a few rows. */
import { and, eq, gte, lt, ne, or, type SQL, sql } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import { GatewayError } from "../../canonical/errors.ts";
import type { Usage } from "../../canonical/usage.ts";
import {
  type LedgerEntry,
  USAGE_MAX_ROWS,
  type UsageEntry,
  type UsageGroup,
  type UsageQuery,
  type UsageRow,
} from "../budget-ports.ts";
import { usage } from "./schema/state.ts";

/** Longest time a report by the hour may span. */
const MAX_HOURLY_MS = 31 * 24 * 3_600_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const GRAINS = [
  { grain: "hour", lengthMs: HOUR_MS },
  { grain: "day", lengthMs: DAY_MS },
] as const;

/** The row of all calls, whatever their tags. */
const ALL_TAGS = "";
/** Tags are chosen by clients: longer ones, and those beyond so many a day, count as `other`. */
const MAX_TAG_LENGTH = 128;
const MAX_TAGS_A_DAY = 1_000;
const OTHER_TAG = "other";

const SUMS = [
  "requests",
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "costNanoUsd",
] as const;
type Sums = Record<(typeof SUMS)[number], number>;
type Row = typeof usage.$inferSelect;

export function usageWriter(database: BunSQLiteDatabase) {
  const upsert = upsertStatement(database);
  const knownTags = tagBound(database);
  return (entries: readonly LedgerEntry[], calls: readonly UsageEntry[]): void => {
    const rows = new Map<string, Row>();
    for (const entry of entries)
      add(rows, entry, { ...sumsOf(entry.usage), requests: 0, costNanoUsd: entry.costNanoUsd }, knownTags);
    for (const call of calls) add(rows, call, { ...sumsOf(call.usage), requests: 1, costNanoUsd: 0 }, knownTags);
    for (const row of rows.values()) upsert.run(row);
  };
}

type Source = Pick<UsageEntry, "atMs" | "team" | "model" | "provider" | "keyName" | "customer" | "tags">;

function add(rows: Map<string, Row>, source: Source, sums: Sums, tagOf: (dayMs: number, tag: string) => string): void {
  const { atMs, team, model, provider, keyName, customer, tags } = source;
  const dayMs = atMs - (atMs % DAY_MS);
  const found = new Set([ALL_TAGS]);
  if (tags) for (const [name, value] of Object.entries(tags)) found.add(tagOf(dayMs, `${name}=${value}`));
  for (const { grain, lengthMs } of GRAINS) {
    const startMs = Math.floor(atMs - (atMs % lengthMs));
    for (const tag of found) {
      const names = {
        tag,
        team: team ?? "",
        model,
        provider: provider ?? "",
        key: keyName ?? "",
        customer: customer ?? "",
      };
      const id = JSON.stringify([grain, startMs, ...Object.values(names)]);
      const row = rows.get(id);
      if (row) for (const sum of SUMS) row[sum] += sums[sum];
      else rows.set(id, { grain, startMs, ...names, ...sums });
    }
  }
}

function sumsOf(used: Usage | null) {
  return {
    inputTokens: (used?.input ?? 0) + (used?.audioInput ?? 0),
    cacheReadTokens: used?.cacheRead ?? 0,
    cacheWriteTokens: (used?.cacheWrite5m ?? 0) + (used?.cacheWrite1h ?? 0),
    outputTokens: (used?.output ?? 0) + (used?.audioOutput ?? 0),
    reasoningTokens: used?.reasoning ?? 0,
  };
}

/** Which tag a call is counted under, with the day's known ones in memory. */
function tagBound(database: BunSQLiteDatabase) {
  let day = -1;
  let known = new Set<string>();
  return (dayMs: number, tag: string): string => {
    if (dayMs !== day) {
      const where = and(eq(usage.grain, "day"), eq(usage.startMs, dayMs), ne(usage.tag, ALL_TAGS));
      known = new Set(
        database
          .selectDistinct({ tag: usage.tag })
          .from(usage)
          .where(where)
          .all()
          .map((row) => row.tag),
      );
      day = dayMs;
    }
    if (known.has(tag)) return tag;
    if (known.size >= MAX_TAGS_A_DAY || tag.length > MAX_TAG_LENGTH) return OTHER_TAG;
    known.add(tag);
    return tag;
  };
}

function upsertStatement(database: BunSQLiteDatabase) {
  const names = ["grain", "startMs", "tag", "team", "model", "provider", "key", "customer", ...SUMS] as const;
  const values = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as unknown as Row;
  const set = Object.fromEntries(
    SUMS.map((sum) => [sum, sql`${usage[sum]} + ${sql.raw(`excluded."${usage[sum].name}"`)}`]),
  );
  const { grain, startMs, tag, team, model, provider, key, customer } = usage;
  return database
    .insert(usage)
    .values(values)
    .onConflictDoUpdate({ target: [grain, startMs, tag, team, model, provider, key, customer], set })
    .prepare();
}

/** Behind LedgerPort's `usage`. */
export function usageQueries(database: BunSQLiteDatabase) {
  return {
    usage({ groupBy, fromMs, toMs, team, offset = 0, limit = USAGE_MAX_ROWS }: UsageQuery): UsageRow[] {
      const groups = [...new Set(groupBy)];
      const byTag = groups.includes("tag");
      const hourly = groups.includes("hour");
      if (hourly) checkHours(fromMs, toMs);
      const where: (SQL | undefined)[] = [
        hourly ? within("hour", fromMs, toMs) : inDaysAndHours(fromMs, toMs),
        byTag ? ne(usage.tag, ALL_TAGS) : eq(usage.tag, ALL_TAGS),
        team === undefined ? undefined : eq(usage.team, team),
      ];
      const expressions = groups.map((group) => GROUP_COLUMNS[group]);
      const fields = Object.fromEntries([
        ...groups.map((group) => [`group_${group}`, GROUP_COLUMNS[group]] as const),
        ...SUMS.map((name) => [name, sql<number>`sum(${usage[name]})`] as const),
      ]);
      const query = database
        .select(fields)
        .from(usage)
        .where(and(...where));
      const rows = expressions.length > 0 ? query.groupBy(...expressions).orderBy(...expressions) : query;
      const found = rows.limit(limit).offset(offset).all() as unknown as (Sums &
        Record<string, string | number | null>)[];
      return found.filter(({ requests }) => requests !== null).map((row) => toRow(row, groups));
    },
  };
}

const GROUP_COLUMNS: Record<UsageGroup, SQL> = {
  day: sql`${usage.startMs} - ${usage.startMs} % ${sql.raw(String(DAY_MS))}`,
  hour: sql`${usage.startMs}`,
  team: sql`${usage.team}`,
  model: sql`${usage.model}`,
  provider: sql`${usage.provider}`,
  key: sql`${usage.key}`,
  customer: sql`${usage.customer}`,
  tag: sql`${usage.tag}`,
};

function toRow(row: Sums & Record<string, string | number | null>, groups: readonly UsageGroup[]): UsageRow {
  const named: UsageRow["groups"] = {};
  for (const group of groups) {
    const value = row[`group_${group}`];
    named[group] = typeof value === "number" ? new Date(value).toISOString() : value || null;
  }
  const sums = Object.fromEntries(SUMS.map((sum) => [sum, row[sum]])) as Sums;
  return { groups: named, ...sums };
}

function within(grain: "hour" | "day", fromMs: number | undefined, toMs: number | undefined): SQL | undefined {
  return and(
    eq(usage.grain, grain),
    fromMs === undefined ? undefined : gte(usage.startMs, fromMs),
    toMs === undefined ? undefined : lt(usage.startMs, toMs),
  );
}

/** Whole days by the day, what is left at both ends by the hour: a year is a few thousand rows, not a million. */
function inDaysAndHours(fromMs: number | undefined, toMs: number | undefined): SQL | undefined {
  const firstDay = fromMs === undefined ? undefined : Math.ceil(fromMs / DAY_MS) * DAY_MS;
  const lastDay = toMs === undefined ? undefined : Math.floor(toMs / DAY_MS) * DAY_MS;
  if (firstDay !== undefined && lastDay !== undefined && firstDay >= lastDay) return within("hour", fromMs, toMs);
  return or(
    within("day", firstDay, lastDay),
    firstDay === fromMs ? undefined : within("hour", fromMs, firstDay),
    lastDay === toMs ? undefined : within("hour", lastDay, toMs),
  );
}

function checkHours(fromMs: number | undefined, toMs: number | undefined): void {
  if (fromMs !== undefined && (toMs ?? Number.POSITIVE_INFINITY) - fromMs <= MAX_HOURLY_MS) return;
  throw new GatewayError("invalid_request", "group_by=hour needs from, at most 31 days before to (by default now).", {
    param: "from",
  });
}
