/** Scores of evals and users' feedback: written one by one, read as sums. */
import type { Database } from "bun:sqlite";
import { and, desc, eq, gte, inArray, lt, lte, type SQL, sql } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type {
  EvalScoreRow,
  FeedbackEntry,
  FeedbackFilter,
  FeedbackRow,
  QualityGroup,
  QualityQuery,
  QualitySums,
  ScoreFilter,
} from "../eval-ports.ts";
import type { Page } from "../ports.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { evalScores, feedback, requests } from "./schema/log.ts";

/** Groups one report may have. */
const QUALITY_MAX_ROWS = 10_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Behind EvalsPort. */
export function evalQueries(client: Database, database: BunSQLiteDatabase) {
  const columns: Record<QualityGroup, SQL> = {
    model: sql`${evalScores.model}`,
    provider: sql`${evalScores.provider}`,
    target: sql`${evalScores.target}`,
    failover: sql`${evalScores.failover}`,
    minute: startOf(evalScores.atMs, MINUTE_MS),
    hour: startOf(evalScores.atMs, HOUR_MS),
    day: startOf(evalScores.atMs, DAY_MS),
  };
  return {
    append: client.transaction((rows: readonly EvalScoreRow[]): void => {
      for (const row of rows) database.insert(evalScores).values(row).run();
    }),
    summary(query: QualityQuery): (QualitySums & { eval: string })[] {
      const groups = query.groupBy.map((group) => columns[group]);
      const rows = database
        .select({ eval: evalScores.eval, ...selected(columns, query.groupBy), ...sums(evalScores.score, 0) })
        .from(evalScores)
        .where(
          and(
            ...between(evalScores.atMs, query),
            query.eval === undefined ? undefined : eq(evalScores.eval, query.eval),
            query.model === undefined ? undefined : eq(evalScores.model, query.model),
          ),
        )
        .groupBy(evalScores.eval, ...groups)
        .orderBy(evalScores.eval, ...groups)
        .limit(QUALITY_MAX_ROWS)
        .all() as (Sums & { eval: string })[];
      return rows.map((row) => ({ eval: row.eval, ...toSums(row, query.groupBy) }));
    },
    list(filter: ScoreFilter, { limit, cursor }: { limit: number; cursor?: string }): Page<EvalScoreRow> {
      const { eval: name, requestId, model, target, failover, maxScore } = filter;
      const where = and(
        cursor === undefined ? undefined : lt(evalScores.id, decodeCursor(cursor)),
        name === undefined ? undefined : eq(evalScores.eval, name),
        requestId === undefined ? undefined : eq(evalScores.requestId, requestId),
        model === undefined ? undefined : eq(evalScores.model, model),
        target === undefined ? undefined : eq(evalScores.target, target),
        failover === undefined ? undefined : eq(evalScores.failover, failover),
        maxScore === undefined ? undefined : lte(evalScores.score, maxScore),
      );
      const query = database.select().from(evalScores).where(where);
      const rows = query
        .orderBy(desc(evalScores.id))
        .limit(limit + 1)
        .all();
      const shown = rows.slice(0, limit);
      const next = rows.length > limit ? encodeCursor(shown.at(-1)!.id) : null;
      return { data: shown.map(({ id: _, ...row }) => row), next };
    },
    deleteBefore(beforeMs: number, limit: number): number {
      const { id } = evalScores;
      const old = database.select({ id }).from(evalScores).where(lt(evalScores.atMs, beforeMs)).limit(limit);
      return database.delete(evalScores).where(inArray(id, old)).returning({ id }).all().length;
    },
  };
}

/** Behind FeedbackPort. Who answered is in the request log, and gone when the log's retention is over. */
export function feedbackQueries(database: BunSQLiteDatabase) {
  // A target that was passed over is in the first decision; see `fellBack` of records.
  const preferred = sql`json_extract(${requests.explanation}, '$[0].candidates[0].target')`;
  const chosen = sql`json_extract(${requests.explanation}, '$[0].chosen.target')`;
  const target = sql`${requests.provider} || '/' || ${requests.targetModel}`;
  const columns: Record<QualityGroup, SQL> = {
    model: sql`${requests.model}`,
    provider: sql`${requests.provider}`,
    target,
    failover: sql`(${requests.failover} or coalesce(${preferred} <> ${chosen}, 0))`,
    minute: startOf(feedback.atMs, MINUTE_MS),
    hour: startOf(feedback.atMs, HOUR_MS),
    day: startOf(feedback.atMs, DAY_MS),
  };
  return {
    put(row: FeedbackRow): void {
      database.insert(feedback).values(row).onConflictDoUpdate({ target: feedback.requestId, set: row }).run();
    },
    summary(query: QualityQuery): QualitySums[] {
      const groups = query.groupBy.map((group) => columns[group]);
      const rows = database
        .select({ ...selected(columns, query.groupBy), ...sums(feedback.score, -1) })
        .from(feedback)
        .leftJoin(requests, eq(requests.id, feedback.requestId))
        .where(
          and(
            ...between(feedback.atMs, query),
            query.model === undefined ? undefined : eq(requests.model, query.model),
          ),
        )
        .groupBy(...groups)
        .orderBy(...groups)
        .limit(QUALITY_MAX_ROWS)
        .all() as Sums[];
      return rows.filter(({ count }) => count > 0).map((row) => toSums(row, query.groupBy));
    },
    list(filter: FeedbackFilter, { limit, cursor }: { limit: number; cursor?: string }): Page<FeedbackEntry> {
      // In the order in which requests were first spoken of: a second word replaces the first in its place.
      const position = sql<number>`feedback.rowid`;
      const { cachedWrong, model, maxScore } = filter;
      const rows = database
        .select({
          position: position.as("position"),
          row: feedback,
          model: requests.model,
          target: sql<string | null>`${target}`.as("target"),
          failover: sql<number | null>`${columns.failover}`.as("failover"),
          cache: requests.cache,
        })
        .from(feedback)
        .leftJoin(requests, eq(requests.id, feedback.requestId))
        .where(
          and(
            cursor === undefined ? undefined : lt(position, decodeCursor(cursor)),
            cachedWrong === undefined ? undefined : eq(feedback.cachedWrong, cachedWrong),
            model === undefined ? undefined : eq(requests.model, model),
            maxScore === undefined ? undefined : lte(feedback.score, maxScore),
          ),
        )
        .orderBy(desc(position))
        .limit(limit + 1)
        .all();
      const shown = rows.slice(0, limit);
      return {
        data: shown.map(({ row, position: _, failover, ...who }) => ({
          ...row,
          ...who,
          failover: failover === null ? null : failover === 1,
        })),
        next: rows.length > limit ? encodeCursor(shown.at(-1)!.position) : null,
      };
    },
    deleteBefore(beforeMs: number, limit: number): number {
      const { requestId } = feedback;
      const old = database.select({ requestId }).from(feedback).where(lt(feedback.atMs, beforeMs)).limit(limit);
      return database.delete(feedback).where(inArray(requestId, old)).returning({ requestId }).all().length;
    },
  };
}

type Sums = Record<string, unknown> & {
  count: number;
  sum: number;
  sumOfSquares: number;
  extremes: number;
  negative: number;
};

function sums(score: SQLiteColumn, lowest: number) {
  return {
    count: sql<number>`count(*)`,
    sum: sql<number>`coalesce(sum(${score}), 0)`,
    sumOfSquares: sql<number>`coalesce(sum(${score} * ${score}), 0)`,
    extremes: sql<number>`coalesce(sum(${score} = ${lowest} or ${score} = 1), 0)`,
    negative: sql<number>`coalesce(sum(${score} < 0), 0)`,
  };
}

function selected(columns: Record<QualityGroup, SQL>, groupBy: readonly QualityGroup[]) {
  return Object.fromEntries(groupBy.map((group) => [group, columns[group].as(`group_${group}`)]));
}

function toSums(row: Sums, groupBy: readonly QualityGroup[]): QualitySums {
  const { count, sum, sumOfSquares, extremes, negative } = row;
  const groups = Object.fromEntries(groupBy.map((group) => [group, shown(group, row[group])]));
  return { groups, count, sum, sumOfSquares, extremes, negative };
}

function shown(group: QualityGroup, value: unknown): string | boolean | null {
  if (value === null) return null;
  if (group === "failover") return value === 1;
  return group === "minute" || group === "hour" || group === "day"
    ? new Date(Number(value)).toISOString()
    : String(value);
}

function startOf(atMs: SQLiteColumn, spanMs: number): SQL {
  return sql`cast(${atMs} / ${sql.raw(String(spanMs))} as integer) * ${sql.raw(String(spanMs))}`;
}

function between(atMs: SQLiteColumn, { fromMs, toMs }: QualityQuery): (SQL | undefined)[] {
  return [fromMs === undefined ? undefined : gte(atMs, fromMs), toMs === undefined ? undefined : lt(atMs, toMs)];
}
