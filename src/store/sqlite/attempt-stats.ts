/** Reads the sums of attempts. */
import type { Database } from "bun:sqlite";
import { GatewayError } from "../../canonical/errors.ts";
import type {
  AttemptGroup,
  AttemptStatsQuery,
  AttemptStatsReport,
  AttemptStatsRow,
  StatsBucket,
} from "../stats-ports.ts";
import { ATTEMPT_SUMS } from "./attempt-stats-writer.ts";
import { bucketColumn, expiryMinute, grainOf, MINUTE_MS, startOf } from "./stats-grain.ts";
import { GRAINS } from "./stats-writer.ts";

/** Rows that one report may have. */
const MAX_ROWS = 10_000;
/** What a provider refuses because of the request itself says nothing of the provider. */
const REFUSED = "('invalid', 'content_filter', 'context_length')";
const COUNTS = [
  "sum(iif(outcome = 'ok', attempts, 0))",
  `sum(iif(outcome not in ('ok', 'cancelled', 'skipped') and outcome not in ${REFUSED}, attempts, 0))`,
  `sum(iif(outcome in ${REFUSED}, attempts, 0))`,
  "sum(iif(outcome = 'cancelled', attempts, 0))",
  "sum(iif(outcome = 'skipped', attempts, 0))",
];
const COLUMN: Record<AttemptGroup, string> = {
  model: "model",
  provider: "provider",
  target: "target",
  outcome: "outcome",
  to: "went_to",
};

type Value = string | number | null;

export function attemptStatsQueries(client: Database) {
  return {
    read(query: AttemptStatsQuery): AttemptStatsReport {
      const grain = grainOf(query);
      const { text, values } = statement(query, grain);
      const found = client.prepare<Record<string, unknown>, (string | number)[]>(text).values(...values) as Value[][];
      if (found.length > MAX_ROWS) {
        const message = `More than ${MAX_ROWS} rows: ask for a shorter time or fewer groups.`;
        throw new GatewayError("invalid_request", message, { param: "group_by" });
      }
      const rows = found.map((row) => toRow(row, query));
      return { grain, fromMs: startOf(query.fromMs, grain, query.every), toMs: query.toMs, rows };
    },

    /** Whole starts, oldest first; a start has a few rows a target. */
    deleteExpired(nowMs: number, limit: number): number {
      let deleted = 0;
      for (const grain of Object.keys(GRAINS) as StatsBucket[]) {
        while (deleted < limit) {
          const oldest = client.query("select min(start) from attempt_stats where grain = ?").values(GRAINS[grain]);
          const start = oldest[0]?.[0];
          if (typeof start !== "number" || start >= expiryMinute(grain, nowMs)) break;
          deleted += client
            .query("delete from attempt_stats where grain = ? and start = ?")
            .run(GRAINS[grain], start).changes;
        }
      }
      return deleted;
    },
  };
}

/** Only names from this file reach the text; what clients chose is bound. */
function statement(query: AttemptStatsQuery, grain: StatsBucket): { text: string; values: (string | number)[] } {
  const { fromMs, toMs, bucket, every, groupBy, model, provider } = query;
  const filters = Object.entries({ model, provider }).filter(([, value]) => value !== undefined);
  const groups = [...(bucket ? [bucketColumn(grain, every)] : []), ...groupBy.map((group) => COLUMN[group])];
  const selected = [...groups, ...COUNTS, ...ATTEMPT_SUMS.slice(1).map((name) => `sum(${name})`)];
  const where = ["grain = ?", "start >= ?", "start < ?", ...filters.map(([name]) => `${name} = ?`)];
  if (query.failover) where.push("went_to <> ''");
  const grouped = groups.length > 0 ? ` group by ${groups.join(", ")} order by ${groups.join(", ")}` : "";
  const nothing = groups.length > 0 ? "" : " having count(*) > 0";
  return {
    text: `select ${selected.join(", ")} from attempt_stats where ${where.join(" and ")}${grouped}${nothing} limit ${MAX_ROWS + 1}`,
    values: [
      GRAINS[grain],
      startOf(fromMs, grain, every) / MINUTE_MS,
      Math.ceil(toMs / MINUTE_MS),
      ...filters.map(([, value]) => value as string),
    ],
  };
}

function toRow(values: readonly Value[], { bucket, groupBy }: AttemptStatsQuery): AttemptStatsRow {
  const named = values.slice(bucket ? 1 : 0);
  const sums = named.slice(groupBy.length).map(Number);
  return {
    startMs: bucket ? Number(values[0]) * MINUTE_MS : null,
    groups: Object.fromEntries(groupBy.map((group, index) => [group, named[index] ? String(named[index]) : null])),
    ok: sums[0]!,
    failed: sums[1]!,
    refused: sums[2]!,
    cancelled: sums[3]!,
    skipped: sums[4]!,
    firstTokens: sums.slice(COUNTS.length),
  };
}
