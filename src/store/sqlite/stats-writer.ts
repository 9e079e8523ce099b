/**
 * Adds calls to the sums of their minute, hour and day. A batch is summed up in memory first: its calls mostly fall
 * into a few rows.
 */
import type { Database } from "bun:sqlite";
import { bucketOf } from "../histogram.ts";
import type { RequestRow } from "../ports.ts";
import { DIMENSIONS, FIRST_AT, SUM_COLUMNS, TOTAL_AT } from "./stats-columns.ts";

/** Minutes that a row spans. */
export const GRAINS = { minute: 1, hour: 60, day: 1_440 } as const;
/** Rows without key and team, and rows with both. */
export const DETAILS = { plain: 0, byKey: 1 } as const;

const MINUTE_MS = 60_000;

type Bindings = (string | number)[];

export function statsWriter(client: Database): (rows: readonly RequestRow[]) => void {
  const upsert = client.prepare(upsertText());
  return (rows) => {
    const sums = new Map<string, { dimensions: Bindings; sums: number[] }>();
    for (const row of rows) {
      const own = sumsOf(row);
      for (const grain of Object.values(GRAINS)) {
        for (const detail of Object.values(DETAILS)) add(sums, dimensionsOf(row, grain, detail), own);
      }
    }
    for (const { dimensions, sums: values } of sums.values()) upsert.run(...dimensions, ...values);
  };
}

function add(
  all: Map<string, { dimensions: Bindings; sums: number[] }>,
  dimensions: Bindings,
  own: readonly number[],
): void {
  const id = JSON.stringify(dimensions);
  const known = all.get(id);
  if (!known) return void all.set(id, { dimensions, sums: [...own] });
  for (let index = 0; index < own.length; index++) known.sums[index]! += own[index]!;
}

/** In the order of DIMENSIONS. */
function dimensionsOf(row: RequestRow, grain: number, detail: number): Bindings {
  const minute = Math.floor(row.startedAtMs / MINUTE_MS);
  const byKey = detail === DETAILS.byKey;
  return [
    detail,
    grain,
    minute - (minute % grain),
    isMadeUp(row) ? "" : (row.model ?? ""),
    row.provider ?? "",
    Math.floor(row.status / 100),
    row.failover ? 1 : 0,
    row.cache,
    byKey ? (row.keyName ?? "") : "",
    byKey ? (row.team ?? "") : "",
  ];
}

/** A name that a client made up: as a dimension it would let anybody grow the table. */
function isMadeUp({ code, attempts }: RequestRow): boolean {
  return code === "model_not_found" && attempts.length === 0;
}

/** In the order of SUM_COLUMNS. */
function sumsOf(row: RequestRow): number[] {
  const { usage } = row;
  const sums = new Array<number>(SUM_COLUMNS.length).fill(0);
  sums[0] = 1;
  if (usage) {
    sums[1] = usage.input + (usage.audioInput ?? 0);
    sums[2] = usage.cacheRead;
    sums[3] = usage.cacheWrite5m + usage.cacheWrite1h;
    sums[4] = usage.output + (usage.audioOutput ?? 0);
    sums[5] = usage.reasoning;
  }
  sums[6] = row.costNanoUsd ?? 0;
  sums[7] = Math.round(row.overheadMs * 1_000);
  if (row.stream && row.firstContentMs !== null) sums[FIRST_AT + bucketOf(row.firstContentMs)] = 1;
  sums[TOTAL_AT + bucketOf(row.totalMs)] = 1;
  return sums;
}

function upsertText(): string {
  const columns = [...DIMENSIONS, ...SUM_COLUMNS];
  const set = SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`);
  return (
    `insert into stats (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")}) ` +
    `on conflict (${DIMENSIONS.join(", ")}) do update set ${set.join(", ")}`
  );
}
