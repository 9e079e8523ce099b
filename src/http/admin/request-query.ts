/** The filters of the request log, as its list, its export and its live tail take them. */
import type { RequestFilter } from "../../store/ports.ts";
import type { Exchange } from "../exchange.ts";
import { teamOf } from "../guard.ts";
import { readChoice, readTime, refused } from "./query.ts";

export const LIVE_FILTERS = [
  "model",
  "provider",
  "target",
  "key",
  "team",
  "status",
  "failover",
  "cache",
  "text",
] as const;
export const REQUEST_FILTERS = [...LIVE_FILTERS, "from", "to"] as const;

type Query = Partial<Record<(typeof REQUEST_FILTERS)[number], string>>;

/** Undefined where somebody confined to a team asks for another one: there is nothing to be seen. */
export function readRequestFilter(exchange: Exchange, query: Query): RequestFilter | undefined {
  const filter = filterOf(query, exchange.ports.clock.now());
  const team = teamOf(exchange);
  if (team === undefined) return filter;
  if (filter.team !== undefined && filter.team !== team) return undefined;
  return { ...filter, team };
}

function filterOf(query: Query, nowMs: number): RequestFilter {
  const filter: RequestFilter = {};
  for (const name of ["model", "provider", "target", "key", "team", "text"] as const) {
    const value = query[name];
    if (value !== undefined) filter[name] = value;
  }
  if (query.status !== undefined) {
    if (!/^[1-5](?:[0-9]{2}|xx)$/.test(query.status)) throw refused("status", "status must be like 502 or 5xx.");
    filter.status = query.status;
  }
  const failover = readChoice("failover", query.failover, ["true", "false"]);
  if (failover) filter.failover = failover === "true";
  const cache = readChoice("cache", query.cache, ["off", "miss", "exact", "semantic", "hit"]);
  if (cache) filter.cache = cache;
  const fromMs = readTime("from", query.from, nowMs);
  if (fromMs !== undefined) filter.fromMs = fromMs;
  const toMs = readTime("to", query.to, nowMs);
  if (toMs !== undefined) filter.toMs = toMs;
  return filter;
}
