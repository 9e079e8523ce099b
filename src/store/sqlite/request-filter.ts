import { and, between, eq, gte, lt, or, type SQL, sql } from "drizzle-orm";
import { GatewayError } from "../../canonical/errors.ts";
import type { RequestFilter } from "../ports.ts";
import { positionOf } from "./request-columns.ts";
import { requests } from "./schema/log.ts";

export interface RequestConditions {
  /** A row passes if one of these holds: each alone is served by one index in the log's own order. */
  alternatives: (SQL | undefined)[];
  /** A substring search, which no index serves, and one for words in the stored content, from a position on. */
  text: ((from: number) => SQL | undefined) | undefined;
}

/** @throws GatewayError("invalid_request") with `param` for a value that no row can have. */
export function requestConditions(
  filter: RequestFilter,
  namesOf: (keyId: string) => readonly string[],
): RequestConditions {
  const { model, provider, key, team, fromMs, toMs } = filter;
  const common = [
    model === undefined ? undefined : eq(requests.model, model),
    provider === undefined ? undefined : eq(requests.provider, provider),
    targetCondition(filter.target),
    team === undefined ? undefined : eq(requests.team, team),
    statusCondition(filter.status),
    failoverCondition(filter.failover),
    cacheCondition(filter.cache),
    fromMs === undefined ? undefined : gte(requests.position, positionOf(Math.ceil(fromMs))),
    toMs === undefined ? undefined : lt(requests.position, positionOf(Math.ceil(toMs))),
  ];
  return {
    alternatives:
      key === undefined
        ? [and(...common)]
        : [
            and(...common, eq(requests.keyName, key)),
            ...namesOf(key).map((name) => and(...common, eq(requests.keyName, name), eq(requests.keyId, key))),
          ],
    text: textCondition(filter.text),
  };
}

/** The provider by itself, so that its index serves; models may hold slashes. */
function targetCondition(target: string | undefined): SQL | undefined {
  if (target === undefined) return undefined;
  const end = target.indexOf("/");
  if (end < 0) return sql`false`;
  return and(eq(requests.provider, target.slice(0, end)), eq(requests.targetModel, target.slice(end + 1)));
}

/** The literal repeats a partial index's own condition, without which SQLite would not use it. */
function statusCondition(status: string | undefined): SQL | undefined {
  if (status === undefined) return undefined;
  const isError = sql`status >= 400`;
  const range = /^([1-5])xx$/i.exec(status);
  if (range) {
    const low = Number(range[1]) * 100;
    return low < 400 ? between(requests.status, low, low + 99) : and(isError, between(requests.status, low, low + 99));
  }
  if (!/^[1-5]\d\d$/.test(status)) {
    throw new GatewayError("invalid_request", "status must be a status such as 502 or a class such as 5xx.", {
      param: "status",
    });
  }
  const exact = eq(requests.status, Number(status));
  return Number(status) < 400 ? exact : and(isError, exact);
}

function failoverCondition(failover: boolean | undefined): SQL | undefined {
  if (failover === undefined) return undefined;
  return failover ? sql`failover = 1` : sql`failover = 0`;
}

const CACHE_STATUSES = ["off", "miss", "exact", "semantic", "hit"];

function cacheCondition(cache: string | undefined): SQL | undefined {
  if (cache === undefined) return undefined;
  if (!CACHE_STATUSES.includes(cache)) {
    throw new GatewayError("invalid_request", `cache must be one of ${CACHE_STATUSES.join(", ")}.`, { param: "cache" });
  }
  if (cache === "hit") return sql`cache in ('exact', 'semantic')`;
  const isHit = cache === "exact" || cache === "semantic";
  return isHit ? and(sql`cache in ('exact', 'semantic')`, eq(requests.cache, cache)) : eq(requests.cache, cache);
}

function textCondition(text: string | undefined): RequestConditions["text"] {
  if (text === undefined || text === "") return undefined;
  const pattern = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
  const columns = [requests.id, requests.error, requests.model].map(
    (column) => sql`${column} like ${pattern} escape '\\'`,
  );
  const words = searchWords(text);
  if (!words) return () => or(...columns);
  return (from) =>
    or(
      ...columns,
      sql`${requests.position} in (select rowid from content_search where content_search match ${words} and rowid >= ${from})`,
    );
}

/** A phrase of FTS5, whose last word may go on; null when the text has no word in it. Quotes make its operators plain words. */
function searchWords(text: string): string | null {
  return /[\p{L}\p{N}]/u.test(text) ? `"${text.replaceAll('"', '""')}"*` : null;
}
