/** Reads the sums of the request log, and forgets the finer ones first. */
import type { Database } from "bun:sqlite";
import { GatewayError } from "../../canonical/errors.ts";
import { HISTOGRAM_BUCKETS } from "../histogram.ts";
import type { StatsBucket, StatsGroup, StatsQuery, StatsReport, StatsRow } from "../stats-ports.ts";
import { attemptStatsQueries } from "./attempt-stats.ts";
import { FIRST_AT, SUM_COLUMNS, TOTAL_AT } from "./stats-columns.ts";
import { bucketColumn, expiryMinute, grainOf, MINUTE_MS, partsOf, startOf } from "./stats-grain.ts";
import { DETAILS, GRAINS } from "./stats-writer.ts";

/** Rows that one report may have. */
const STATS_MAX_ROWS = 10_000;

/** Behind StatsPort. */
export function statsQueries(client: Database) {
  const attempts = attemptStatsQueries(client);
  return {
    attempts: attempts.read,

    read(query: StatsQuery): StatsReport {
      const grain = grainOf(query);
      const fromMs = startOf(query.fromMs, grain, query.every);
      const { text, values } = statement(query, grain);
      const found = client.prepare<Record<string, unknown>, (string | number)[]>(text).values(...values) as Value[][];
      if (found.length > STATS_MAX_ROWS) {
        throw new GatewayError(
          "invalid_request",
          `More than ${STATS_MAX_ROWS} rows: ask for a shorter time or fewer groups.`,
          {
            param: "group_by",
          },
        );
      }
      return { grain, fromMs, toMs: query.toMs, rows: found.map((row) => toRow(row, query)) };
    },

    deleteExpired(nowMs: number, limit: number): number {
      let deleted = 0;
      for (const detail of Object.values(DETAILS)) {
        for (const grain of Object.keys(GRAINS) as StatsBucket[]) {
          deleted += deleteOldest(client, detail, grain, expiryMinute(grain, nowMs), limit - deleted);
          if (deleted >= limit) return deleted;
        }
      }
      return deleted + attempts.deleteExpired(nowMs, limit - deleted);
    },
  };
}

type Value = string | number | null;

/** A few starts at a time: the table has no row ids to count rows by. */
function deleteOldest(client: Database, detail: number, grain: StatsBucket, before: number, limit: number): number {
  const where = "detail = ? and grain = ? and start < ?";
  const oldest = `select start from stats where ${where} order by start limit 1 offset ?`;
  const at = (offset: number) => client.query(oldest).values(detail, GRAINS[grain], before, offset)[0]?.[0];
  // Rows of one start belong together: that of the limit's row goes as a whole, at least one start.
  const end = at(limit) ?? before;
  const first = at(0);
  if (first === undefined) return 0;
  const until = Math.max(Number(end), Number(first) + 1);
  return client.query(`delete from stats where ${where}`).run(detail, GRAINS[grain], Math.min(until, before)).changes;
}

/** Only names from this file's and the schema's own lists reach the text; what clients chose is bound. */
function statement(query: StatsQuery, grain: StatsBucket): { text: string; values: (string | number)[] } {
  const { fromMs, toMs, bucket, every, groupBy, model, provider, key, team } = query;
  const byKey = [key, team].some((name) => name !== undefined) || groupBy.includes("key") || groupBy.includes("team");
  const filters = Object.entries({ model, provider, key, team }).filter(([, value]) => value !== undefined);
  const groups = [...(bucket ? [bucketColumn(grain, every)] : []), ...groupBy];
  const sums = SUM_COLUMNS.map((name) => `sum(${name})`);
  const selected = [
    ...groups,
    ...sums,
    "sum(iif(status >= 4, requests, 0))",
    "sum(iif(status >= 5, requests, 0))",
    "sum(iif(failover = 1, requests, 0))",
    "sum(iif(cache in ('exact', 'semantic'), requests, 0))",
  ];
  const where = ["detail = ?", "grain = ?", "start >= ?", "start < ?", ...filters.map(([name]) => `${name} = ?`)];
  const parts = bucket ? [{ grain, fromMs: startOf(fromMs, grain, every), toMs }] : partsOf(fromMs, toMs, grain);
  const from = parts.map(() => `select * from stats where ${where.join(" and ")}`).join(" union all ");
  const grouped = groups.length > 0 ? ` group by ${groups.join(", ")} order by ${groups.join(", ")}` : "";
  const nothing = groups.length > 0 ? "" : " having count(*) > 0";
  return {
    text: `select ${selected.join(", ")} from (${from})${grouped}${nothing} limit ${STATS_MAX_ROWS + 1}`,
    values: parts.flatMap((part) => [
      byKey ? DETAILS.byKey : DETAILS.plain,
      GRAINS[part.grain],
      part.fromMs / MINUTE_MS,
      Math.ceil(part.toMs / MINUTE_MS),
      ...filters.map(([, value]) => value as string),
    ]),
  };
}

function toRow(values: readonly Value[], { bucket, groupBy }: StatsQuery): StatsRow {
  const names = values.slice(bucket ? 1 : 0);
  const sums = names.slice(groupBy.length).map(Number);
  const derived = sums.slice(SUM_COLUMNS.length);
  return {
    startMs: bucket ? Number(values[0]) * MINUTE_MS : null,
    groups: Object.fromEntries(groupBy.map((group, index) => [group, shown(group, names[index]!)])),
    requests: sums[0]!,
    errors: derived[0]!,
    serverErrors: derived[1]!,
    failovers: derived[2]!,
    cacheHits: derived[3]!,
    inputTokens: sums[1]!,
    cacheReadTokens: sums[2]!,
    cacheWriteTokens: sums[3]!,
    outputTokens: sums[4]!,
    reasoningTokens: sums[5]!,
    costNanoUsd: sums[6]!,
    overheadUs: sums[7]!,
    firstTokens: sums.slice(FIRST_AT, FIRST_AT + HISTOGRAM_BUCKETS),
    durations: sums.slice(TOTAL_AT, TOTAL_AT + HISTOGRAM_BUCKETS),
  };
}

function shown(group: StatsGroup, value: Value): string | boolean | null {
  if (group === "failover") return value === 1;
  if (group === "status") return `${value}xx`;
  return value === "" || value === null ? null : String(value);
}
